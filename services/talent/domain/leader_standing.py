"""Whether somebody's leader record stands: read from the record's own stream, for those who only want to know that."""

from __future__ import annotations

from typing import Any, Literal, Never

from shared.contracts.talent.leaders import (
    LeaderEndorsed,
    LeaderIdentified,
    LeaderNominationDeclined,
    LeaderRecordClosed,
    LeaderRecordReopened,
)
from shared.contracts.vocabulary import Id
from shared.decider import Decider

Standing = Literal["none", "awaits_endorsement", "active", "closed"]


def leader_stream(leader_id: Id) -> str:
    return f"leader-{leader_id}"


def is_active(standing: Standing) -> bool:
    return standing == "active"


def decide(_command: Never, _standing: Standing) -> list[Any]:
    return []


def evolve(standing: Standing, event: Any) -> Standing:
    match event:
        case LeaderIdentified():
            return "awaits_endorsement" if event.identified_by == event.person_id else "active"
        case LeaderEndorsed():
            return "active" if standing == "awaits_endorsement" else standing
        case LeaderNominationDeclined() | LeaderRecordClosed():
            return "closed"
        case LeaderRecordReopened():
            return "active"
        case _:
            return standing  # what a leader does and is ready for


leader_standing: Decider[Never, Standing, Any] = Decider("none", decide, evolve)
