"""A research group is formed once, of several people, and shares what it finds out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from hypothesis import given as over
from hypothesis import strategies as st

from services.collaboration.domain.days import Dated
from services.collaboration.domain.research_group import (
    FormGroup,
    GroupCommand,
    ShareFinding,
    research_group,
    research_group_stream,
)
from shared.contracts.collaboration.practice import ResearchFindingShared, ResearchGroupFormed
from tests.unit.collaboration.facts import ELM, OAK, TRUST
from tests.unit.collaboration.properties import (
    assert_late_repeats_change_nothing,
    assert_repeats_change_nothing,
)
from tests.unit.given import given, refused

GROUP, FINDING, OTHER_FINDING, ANN, BEA = (UUID(int=number) for number in range(1, 6))
TODAY = date(2026, 11, 25)
DAY = timedelta(days=1)
FORM = FormGroup(
    group_id=GROUP,
    trustuid=TRUST,
    question="What helps boys to write?",
    member_ids=(ANN, BEA),
    urns=(OAK, ELM),
    formed_on=TODAY - DAY,
)
FORMED = ResearchGroupFormed(
    group_id=GROUP,
    trustuid=TRUST,
    question="What helps boys to write?",
    member_ids=(ANN, BEA),
    urns=(OAK, ELM),
    formed_on=TODAY - DAY,
)
SHARE = ShareFinding(group_id=GROUP, finding_id=FINDING, finding="Talking the text through first.", shared_on=TODAY)
SHARED = ResearchFindingShared(
    group_id=GROUP, finding_id=FINDING, finding="Talking the text through first.", shared_on=TODAY
)


def on(command: GroupCommand, today: date = TODAY) -> Dated[GroupCommand]:
    return Dated(command, today)


def test_a_group_is_formed() -> None:
    assert given(research_group)(on(FORM)) == [FORMED]


def test_forming_it_again_changes_nothing() -> None:
    assert given(research_group, FORMED)(on(FORM)) == []
    assert given(research_group, FORMED, SHARED)(on(FORM)) == []


def test_another_group_has_an_id_of_its_own() -> None:
    with refused("group_exists", "/group_id"):
        given(research_group, FORMED)(on(replace(FORM, urns=(OAK,))))


def test_each_member_and_school_is_named_once() -> None:
    with refused("member_named_twice", "/member_ids"):
        given(research_group)(on(replace(FORM, member_ids=(ANN, ANN))))
    with refused("school_named_twice", "/urns"):
        given(research_group)(on(replace(FORM, urns=(OAK, OAK))))


def test_a_finding_is_shared() -> None:
    assert given(research_group, FORMED)(on(SHARE)) == [SHARED]


def test_sharing_it_again_changes_nothing() -> None:
    assert given(research_group, FORMED, SHARED)(on(SHARE)) == []


def test_another_finding_has_an_id_of_its_own() -> None:
    with refused("finding_exists", "/finding_id"):
        given(research_group, FORMED, SHARED)(on(replace(SHARE, finding="Reading it aloud.")))


def test_what_nobody_formed_is_unknown() -> None:
    with refused("group_unknown", "/group_id"):
        given(research_group)(on(SHARE))


def test_a_group_finds_something_out_when_it_is_formed() -> None:
    with refused("shared_before_formed", "/shared_on"):
        given(research_group, FORMED)(on(replace(SHARE, shared_on=TODAY - 2 * DAY)))


def test_nothing_is_said_of_the_future() -> None:
    with refused("in_the_future", "/formed_on"):
        given(research_group)(on(FORM, TODAY - 2 * DAY))
    with refused("in_the_future", "/shared_on"):
        given(research_group, FORMED)(on(SHARE, TODAY - DAY))


def test_its_stream_is_named_for_its_id() -> None:
    assert research_group_stream(GROUP) == f"research-group-{GROUP}"


COMMANDS: st.SearchStrategy[list[Dated[GroupCommand]]] = st.lists(
    (
        st.builds(replace, st.just(FORM), member_ids=st.sampled_from([(ANN, BEA), (BEA, ANN), (ANN, ANN)]))
        | st.builds(
            replace,
            st.just(SHARE),
            finding_id=st.sampled_from([FINDING, OTHER_FINDING]),
            finding=st.sampled_from(["A", "B"]),
        )
    ).map(on),
    max_size=12,
)


@over(COMMANDS)
def test_any_commands_may_come_more_than_once(commands: list[Dated[GroupCommand]]) -> None:
    assert_repeats_change_nothing(research_group, commands)
    assert_late_repeats_change_nothing(research_group, commands)
