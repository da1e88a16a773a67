"""Who may do what, and where: one table for every door and every page.

A role reaches so far with a deed: to its own schools, to its trust, or to every trust of the platform. What is not in
the table is not allowed. An operator keeps the platform running and sees what is no payload; a service does what
services do with each other; an auditor reads a whole trust, its texts sealed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from shared.identity.principal import Principal, Role

Reach = Literal["own_schools", "trust", "platform"]
"""How far somebody may go: each reaches further than the one before."""

Deed = Literal[
    "read_reports",
    "read_people",
    "see_judgements",
    "read_history",
    "read_texts",
    "reveal",
    "see_whole",
    "hear_positions",
    "act",
    "speak_for_school",
    "command",
    "decide_for_trust",
    "publish",
    "ask_fate",
    "ask_agenda",
    "ask_members",
    "read_log",
    "read_proofs",
    "see_data_rights",
]

_readers: Mapping[Role, Reach] = {"trust_leader": "trust", "school_leader": "own_schools", "auditor": "trust"}
_with_hr: Mapping[Role, Reach] = {**_readers, "hr": "trust"}
_leaders: Mapping[Role, Reach] = {"trust_leader": "trust", "school_leader": "own_schools"}
_senders: Mapping[Role, Reach] = {**_leaders, "school_system": "own_schools"}

RIGHTS: Mapping[Deed, Mapping[Role, Reach]] = {
    # What schools answered, gave, took and changed; and what is told of people: posts, training, careers.
    "read_reports": _readers,
    "read_people": _with_hr,
    # What somebody thinks of somebody: readiness, capability, what a review found.
    "see_judgements": _with_hr,
    # The events themselves, sealed texts sealed.
    "read_history": _readers,
    # Personal texts in clear.
    "read_texts": _leaders,
    # To be shown such a text once, for a reason that is recorded.
    "reveal": {"auditor": "trust"},
    # Small groups of a school: its head knows them, the trust has no need to.
    "see_whole": {"school_leader": "own_schools"},
    # How far each service's log is here: numbers, nobody's events.
    "hear_positions": {**_with_hr, "operator": "platform"},
    # To be offered, at a page, what can be done; and to say what only a school can, that it has read something.
    "act": _leaders,
    "speak_for_school": {"school_leader": "own_schools"},
    # At the writers' doors: typed commands, those that only the trust decides, claims as events, what became of them.
    "command": _senders,
    "decide_for_trust": {"trust_leader": "trust"},
    "publish": _senders,
    "ask_fate": _senders,
    "ask_agenda": _senders,
    "ask_members": {**_senders, "hr": "trust", "auditor": "trust", "service": "platform"},
    # Another service's numbered log; an auditor has of other trusts' events only what proves that none is missing.
    "read_log": {"service": "platform", "auditor": "trust"},
    # Signed checkpoints of a log, and what proves that an event is in it: hashes, nobody's events.
    "read_proofs": {"auditor": "trust", "trust_leader": "trust", "operator": "platform", "service": "platform"},
    # What was decided about the data held about people: holds, erasures, access given; whose was kept
    # long enough, and what became of an erasure in each service. Nobody's name.
    "see_data_rights": {"trust_leader": "trust", "hr": "trust", "auditor": "trust"},
}

ASKS_FOR = "x-asks-for"
"""Where a route says in OpenAPI which deed it asks for."""

_further: Mapping[Reach | None, int] = {None: 0, "own_schools": 1, "trust": 2, "platform": 3}


def asks_for(deed: Deed) -> dict[str, Any]:
    """What a route adds to its description in OpenAPI."""
    return {ASKS_FOR: deed}


def reach(who: Principal, deed: Deed) -> Reach | None:
    """How far somebody may go with a deed: as far as the role of theirs that reaches furthest. None: not at all."""
    return max((RIGHTS[deed].get(role) for role in who.roles), key=_further.__getitem__, default=None)


def can(who: Principal, deed: Deed, *, trustuid: str, urn: str | None = None) -> bool:
    """Whether somebody may do something in a trust, or in one of its schools.

    Args:
        urn: the school that it is about; None: the trust itself, and so all of its schools.
    """
    match reach(who, deed):
        case "platform":
            return True
        case "trust":
            return who.trustuid == trustuid
        case "own_schools":
            return who.trustuid == trustuid and urn in who.urns
        case _:
            return False
