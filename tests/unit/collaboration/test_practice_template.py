"""A template is shared in versions that are counted, and schools adopt them, never an earlier one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.collaboration.domain.days import Dated
from services.collaboration.domain.practice_template import (
    AdoptTemplate,
    ShareTemplate,
    TemplateCommand,
    practice_template,
    practice_template_stream,
)
from shared.contracts.collaboration.practice import PracticeTemplateAdopted, PracticeTemplateShared
from tests.unit.collaboration.facts import ASH, ELM, OAK, OTHER_TRUST, TRUST
from tests.unit.collaboration.properties import (
    assert_late_repeats_change_nothing,
    assert_repeats_change_nothing,
)
from tests.unit.given import given, refused
from tests.unit.repeats import after

TEMPLATE = UUID(int=1)
LONG_AGO, TODAY = date(2026, 9, 7), date(2026, 11, 25)
DAY = timedelta(days=1)
SHARE = ShareTemplate(
    template_id=TEMPLATE,
    trustuid=TRUST,
    urn=OAK,
    title="Pupil progress meetings",
    summary="Half an hour each half-term, on six pupils.",
    shared_on=LONG_AGO,
)
FIRST = PracticeTemplateShared(
    template_id=TEMPLATE,
    trustuid=TRUST,
    urn=OAK,
    title="Pupil progress meetings",
    version=1,
    summary="Half an hour each half-term, on six pupils.",
    shared_on=LONG_AGO,
)
SHARE_NEXT = replace(SHARE, summary="Twenty minutes each half-term, on four pupils.", shared_on=TODAY)
SECOND = replace(FIRST, version=2, summary="Twenty minutes each half-term, on four pupils.", shared_on=TODAY)
ADOPT = AdoptTemplate(template_id=TEMPLATE, urn=ELM, version=1, adopted_on=LONG_AGO)
ADOPTED = PracticeTemplateAdopted(template_id=TEMPLATE, urn=ELM, version=1, adopted_on=LONG_AGO)
ADOPT_NEXT = replace(ADOPT, version=2, adopted_on=TODAY)
ADOPTED_NEXT = replace(ADOPTED, version=2, adopted_on=TODAY)


def on(command: TemplateCommand, today: date = TODAY) -> Dated[TemplateCommand]:
    return Dated(command, today)


def test_a_template_is_shared_as_version_one() -> None:
    assert given(practice_template)(on(SHARE)) == [FIRST]


def test_the_trust_shares_templates_of_its_own() -> None:
    assert given(practice_template)(on(replace(SHARE, urn=None))) == [replace(FIRST, urn=None)]


@pytest.mark.parametrize("change", [{"summary": SHARE_NEXT.summary}, {"title": "Progress meetings"}])
def test_other_content_is_the_next_version(change: dict[str, str]) -> None:
    shared = replace(SHARE, **change)  # type: ignore[arg-type]  # one text or another

    assert given(practice_template, FIRST)(on(shared)) == [replace(FIRST, version=2, **change)]  # type: ignore[arg-type]


def test_sharing_the_same_content_again_changes_nothing_on_whatever_day() -> None:
    assert given(practice_template, FIRST)(on(SHARE)) == []
    assert given(practice_template, FIRST, ADOPTED)(on(replace(SHARE, shared_on=TODAY))) == []
    assert given(practice_template, FIRST, SECOND)(on(SHARE_NEXT)) == []


def test_what_an_earlier_version_said_is_not_shared_again() -> None:
    with refused("version_superseded", "/summary"):
        given(practice_template, FIRST, SECOND)(on(SHARE))


@pytest.mark.parametrize(
    "other", [replace(SHARE, urn=ELM), replace(SHARE, urn=None), replace(SHARE, trustuid=OTHER_TRUST)]
)
def test_a_next_version_is_shared_by_whoever_shared_the_first(other: ShareTemplate) -> None:
    with refused("template_exists", "/template_id"):
        given(practice_template, FIRST)(on(other))


def test_a_school_adopts_a_template() -> None:
    assert given(practice_template, FIRST)(on(ADOPT)) == [ADOPTED]


def test_a_school_may_adopt_an_older_version_than_the_latest() -> None:
    assert given(practice_template, FIRST, SECOND)(on(ADOPT)) == [ADOPTED]


def test_adopting_it_again_changes_nothing() -> None:
    assert given(practice_template, FIRST, ADOPTED)(on(ADOPT)) == []


def test_a_school_adopts_a_later_version_later() -> None:
    assert given(practice_template, FIRST, SECOND, ADOPTED)(on(ADOPT_NEXT)) == [ADOPTED_NEXT]


@pytest.mark.parametrize("again", [ADOPT, replace(ADOPT_NEXT, adopted_on=TODAY + DAY)])
def test_a_school_does_not_go_back_or_adopt_a_version_twice(again: AdoptTemplate) -> None:
    with refused("version_already_adopted", "/version"):
        given(practice_template, FIRST, SECOND, ADOPTED, ADOPTED_NEXT)(on(again, TODAY + DAY))


def test_another_school_adopts_what_it_likes() -> None:
    when = given(practice_template, FIRST, SECOND, ADOPTED_NEXT)

    assert when(on(replace(ADOPT, urn=ASH))) == [replace(ADOPTED, urn=ASH)]


def test_what_nobody_shared_is_not_adopted() -> None:
    with refused("template_unknown", "/template_id"):
        given(practice_template)(on(ADOPT))
    with refused("version_unknown", "/version"):
        given(practice_template, FIRST)(on(ADOPT_NEXT))


def test_a_version_is_adopted_when_it_was_shared() -> None:
    with refused("adopted_before_shared", "/adopted_on"):
        given(practice_template, FIRST, SECOND)(on(replace(ADOPT_NEXT, adopted_on=TODAY - DAY)))


def test_nothing_is_said_of_the_future() -> None:
    with refused("in_the_future", "/shared_on"):
        given(practice_template)(on(SHARE, LONG_AGO - DAY))
    with refused("in_the_future", "/adopted_on"):
        given(practice_template, FIRST)(on(ADOPT, LONG_AGO - DAY))


def test_its_stream_is_named_for_its_id() -> None:
    assert practice_template_stream(TEMPLATE) == f"practice-template-{TEMPLATE}"


SUMMARIES, DAYS = st.sampled_from(["A", "B", "C"]), st.sampled_from([LONG_AGO, TODAY])
COMMANDS: st.SearchStrategy[list[Dated[TemplateCommand]]] = st.lists(
    (
        st.builds(replace, st.just(SHARE), summary=SUMMARIES, shared_on=DAYS, urn=st.sampled_from([OAK, OAK, None]))
        | st.builds(
            replace,
            st.just(ADOPT),
            urn=st.sampled_from([ELM, ASH]),
            version=st.integers(1, 3),
            adopted_on=DAYS,
        )
    ).map(on),
    max_size=20,
)


@over(COMMANDS)
def test_any_commands_may_come_more_than_once(commands: list[Dated[TemplateCommand]]) -> None:
    assert_repeats_change_nothing(practice_template, commands)
    assert_late_repeats_change_nothing(practice_template, commands)


@over(COMMANDS)
def test_versions_are_counted_without_a_gap(commands: list[Dated[TemplateCommand]]) -> None:
    state, _ = after(practice_template, commands)

    assert [shared.version for shared in state.versions] == [*range(1, len(state.versions) + 1)]
    assert all(adopted.version <= len(state.versions) for adopted in state.adopted.values())
