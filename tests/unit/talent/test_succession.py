"""Who could follow in a post: leaders with an active record, and for days whoever can stand in; never who holds it."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from services.talent.domain.post import post
from services.talent.domain.succession import NominateSuccessor, RemoveSuccessor
from shared.contracts.talent.posts import (
    CriticalPostRegistered,
    Incumbent,
    PostFilled,
    PostVacated,
    SuccessorNominated,
    SuccessorRemoved,
)
from tests.unit.given import given, refused

ID = UUID(int=1)
ADA, BEN = UUID(int=11), UUID(int=12)
EARLIER, ON, TODAY, SOON = date(2026, 6, 1), date(2026, 10, 1), date(2026, 11, 22), date(2027, 1, 1)

REGISTERED = CriticalPostRegistered(
    post_id=ID,
    trustuid="99001",
    urns=("900001",),
    post_type="headteacher",
    incumbents=(Incumbent(person_id=ADA, share_hundredths=100, from_on=date(2020, 9, 1)),),
    registered_on=EARLIER,
)
NOMINATE = NominateSuccessor(post_id=ID, leader_id=BEN, nominated_on=ON, leader_active=True, today=TODAY)
NOMINATED = SuccessorNominated(post_id=ID, post_type="headteacher", leader_id=BEN, nominated_on=ON)
COVER = replace(NOMINATE, emergency_cover=True, leader_active=False)
COVERS = replace(NOMINATED, emergency_cover=True)
REMOVE = RemoveSuccessor(post_id=ID, leader_id=BEN, removed_on=TODAY, reason="moved_on", today=TODAY)
REMOVED = SuccessorRemoved(post_id=ID, leader_id=BEN, removed_on=TODAY, reason="moved_on")
LEFT = PostVacated(post_id=ID, post_type="headteacher", person_id=ADA, vacated_on=ON, reason="retirement")


def test_a_leader_is_named() -> None:
    assert given(post, REGISTERED)(NOMINATE) == [NOMINATED]


def test_emergency_cover_needs_no_leader_record() -> None:
    assert given(post, REGISTERED)(COVER) == [COVERS]


def test_naming_the_same_person_again_changes_nothing() -> None:
    assert given(post, REGISTERED, NOMINATED)(NOMINATE) == []
    assert given(post, REGISTERED, NOMINATED)(replace(NOMINATE, nominated_on=TODAY)) == []
    assert given(post, REGISTERED, NOMINATED)(COVER) == []
    assert given(post, REGISTERED, COVERS)(COVER) == []


def test_who_only_stands_in_may_be_named_a_successor_later() -> None:
    assert given(post, REGISTERED, COVERS)(NOMINATE) == [NOMINATED]


def test_who_was_removed_may_be_named_again() -> None:
    again = replace(NOMINATE, nominated_on=TODAY)

    assert given(post, REGISTERED, NOMINATED, REMOVED)(again) == [replace(NOMINATED, nominated_on=TODAY)]


def test_a_former_incumbent_may_be_named() -> None:
    former = replace(NOMINATE, leader_id=ADA)

    assert given(post, REGISTERED, LEFT)(former) == [replace(NOMINATED, leader_id=ADA)]


@pytest.mark.parametrize(
    ("happened", "command", "code", "field"),
    [
        ([], NOMINATE, "post_unknown", "/post_id"),
        ([REGISTERED], replace(NOMINATE, leader_active=False), "leader_not_active", "/leader_id"),
        ([REGISTERED], replace(NOMINATE, nominated_on=SOON), "in_the_future", "/nominated_on"),
        ([REGISTERED], replace(NOMINATE, leader_id=ADA), "successor_is_incumbent", "/leader_id"),
        ([REGISTERED], replace(COVER, leader_id=ADA), "successor_is_incumbent", "/leader_id"),
        (
            [REGISTERED, replace(LEFT, vacated_on=SOON)],
            replace(NOMINATE, leader_id=ADA),
            "successor_is_incumbent",
            "/leader_id",
        ),
        ([REGISTERED, NOMINATED, REMOVED], NOMINATE, "nomination_has_ended", "/nominated_on"),
    ],
)
def test_a_nomination_that_cannot_be_is_refused(
    happened: list[CriticalPostRegistered | SuccessorNominated | SuccessorRemoved],
    command: NominateSuccessor,
    code: str,
    field: str,
) -> None:
    when = given(post, *happened)

    with refused(code, field):
        when(command)


def test_who_is_to_take_the_post_is_not_named_for_it() -> None:
    filled = PostFilled(
        post_id=ID, post_type="headteacher", person_id=BEN, share_hundredths=100, internal=False, filled_on=SOON
    )
    when = given(post, replace(REGISTERED, incumbents=()), filled)

    with refused("successor_is_incumbent", "/leader_id"):
        when(NOMINATE)


def test_a_successor_is_removed() -> None:
    assert given(post, REGISTERED, NOMINATED)(REMOVE) == [REMOVED]
    assert given(post, REGISTERED, COVERS)(REMOVE) == [REMOVED]


def test_removing_again_changes_nothing() -> None:
    assert given(post, REGISTERED, NOMINATED, REMOVED)(REMOVE) == []
    assert given(post, REGISTERED, NOMINATED, REMOVED)(replace(REMOVE, reason="other")) == []


@pytest.mark.parametrize(
    ("happened", "command", "code", "field"),
    [
        ([], REMOVE, "post_unknown", "/post_id"),
        ([REGISTERED], REMOVE, "not_a_successor", "/leader_id"),
        ([REGISTERED, NOMINATED], replace(REMOVE, removed_on=SOON), "in_the_future", "/removed_on"),
        ([REGISTERED, NOMINATED], replace(REMOVE, removed_on=EARLIER), "removed_before_nominated", "/removed_on"),
    ],
)
def test_a_removal_that_cannot_be_is_refused(
    happened: list[CriticalPostRegistered | SuccessorNominated], command: RemoveSuccessor, code: str, field: str
) -> None:
    when = given(post, *happened)

    with refused(code, field):
        when(command)
