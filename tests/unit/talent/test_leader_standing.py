"""Whether a leader record stands, as others want to know it."""

from datetime import date
from uuid import UUID

import pytest

from services.talent.domain.leader_standing import is_active, leader_standing, leader_stream
from shared.contracts.talent.leaders import (
    ExperienceGained,
    LeaderEndorsed,
    LeaderIdentified,
    LeaderNominationDeclined,
    LeaderRecordClosed,
    LeaderRecordReopened,
)

ADA, BEN = UUID(int=1), UUID(int=2)
ON = date(2026, 9, 1)

BY_BEN = LeaderIdentified(leader_id=ADA, person_id=ADA, identified_by=BEN, source="nomination", ambition="headship")
BY_HERSELF = LeaderIdentified(leader_id=ADA, person_id=ADA, identified_by=ADA, source="self", ambition="headship")
ENDORSED = LeaderEndorsed(leader_id=ADA, endorsed_by=BEN, endorsed_on=ON)
DECLINED = LeaderNominationDeclined(leader_id=ADA, declined_by="person", declined_on=ON)
CLOSED = LeaderRecordClosed(leader_id=ADA, closed_on=ON, reason="left_trust")
REOPENED = LeaderRecordReopened(leader_id=ADA, reopened_by=BEN, reopened_on=ON, reason="returned")
LED = ExperienceGained(leader_id=ADA, experience="project", basis=BEN, gained_on=ON)


@pytest.mark.parametrize(
    ("events", "active"),
    [
        ([], False),
        ([BY_BEN], True),
        ([BY_BEN, LED], True),
        ([BY_HERSELF], False),
        ([BY_HERSELF, ENDORSED], True),
        ([BY_BEN, DECLINED], False),
        ([BY_BEN, CLOSED], False),
        ([BY_BEN, CLOSED, ENDORSED], False),
        ([BY_BEN, CLOSED, REOPENED], True),
    ],
)
def test_a_record_stands_once_somebody_else_supports_it_and_until_it_is_closed(
    events: list[object],
    active: bool,  # noqa: FBT001
) -> None:
    assert is_active(leader_standing.fold(events)) is active


def test_its_stream_is_the_leaders() -> None:
    assert leader_stream(ADA) == f"leader-{ADA}"
