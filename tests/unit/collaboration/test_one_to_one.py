"""One-to-ones: a leader and who leads them, by the template of the day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.collaboration.domain.days import Dated
from services.collaboration.domain.one_to_one import (
    HoldOneToOne,
    OneToOneCommand,
    OneToOneEvent,
    ScheduleOneToOne,
    one_to_one,
)
from services.collaboration.domain.one_to_one_template import SetTemplate, Template, one_to_one_template
from shared.contracts.collaboration.one_to_ones import OneToOneHeld, OneToOneScheduled, OneToOneTemplateSet
from tests.unit.collaboration.test_coach import ANN, BEA, CAI, OAK, TODAY, TRUST, some
from tests.unit.given import given, refused
from tests.unit.repeats import twice_each, whatever_stands

SET = SetTemplate(trustuid=TRUST, template="leaders", topics=("Well-being", "Priorities"), from_on=date(2026, 9, 1))
FIRST = OneToOneTemplateSet(
    trustuid=TRUST, template="leaders", version=1, topics=("Well-being", "Priorities"), from_on=date(2026, 9, 1)
)
SECOND = replace(FIRST, version=2, topics=("Well-being", "Priorities", "Workload"), from_on=date(2026, 11, 1))
TEMPLATES = Template(versions=(FIRST, SECOND))
SCHEDULE = ScheduleOneToOne(
    one_to_one_id=some("meeting"),
    trustuid=TRUST,
    urn=OAK,
    leader_id=ANN,
    manager_id=BEA,
    template="leaders",
    planned_on=date(2026, 11, 20),
    leads=True,
    templates=TEMPLATES,
)
SCHEDULED = OneToOneScheduled(
    one_to_one_id=some("meeting"),
    trustuid=TRUST,
    urn=OAK,
    leader_id=ANN,
    manager_id=BEA,
    template="leaders",
    version=2,
    planned_on=date(2026, 11, 20),
)
HOLD = HoldOneToOne(
    one_to_one_id=some("meeting"),
    topics=("Workload",),
    content="We spoke about the timetable.",
    held_on=date(2026, 11, 20),
    next_on=date(2026, 12, 11),
    leads=True,
    templates=TEMPLATES,
)
HELD = OneToOneHeld(
    one_to_one_id=some("meeting"),
    urn=OAK,
    leader_id=ANN,
    manager_id=BEA,
    template="leaders",
    version=2,
    topics=("Workload",),
    content="We spoke about the timetable.",
    held_on=date(2026, 11, 20),
    next_on=date(2026, 12, 11),
)


def on(command: OneToOneCommand) -> Dated[OneToOneCommand]:
    return Dated(command, TODAY)


def test_the_service_counts_the_versions_of_a_template() -> None:
    later = replace(SET, topics=SECOND.topics, from_on=SECOND.from_on)

    assert given(one_to_one_template)(SET) == [FIRST]
    assert given(one_to_one_template, FIRST)(SET) == []
    assert given(one_to_one_template, FIRST)(later) == [SECOND]


@pytest.mark.parametrize(
    ("command", "code", "field"),
    [
        (replace(SET, topics=("Priorities", "Priorities")), "topic_twice", "/topics"),
        (replace(SET, topics=("Other",), from_on=date(2026, 8, 1)), "before_the_latest_version", "/from_on"),
    ],
)
def test_a_template_is_refused(command: SetTemplate, code: str, field: str) -> None:
    with refused(code, field):
        given(one_to_one_template, FIRST)(command)


@pytest.mark.parametrize(("day", "version"), [(date(2026, 10, 31), 1), (date(2026, 11, 1), 2)])
def test_the_version_of_the_day_counts(day: date, version: int) -> None:
    [scheduled] = given(one_to_one)(on(replace(SCHEDULE, planned_on=day)))

    assert isinstance(scheduled, OneToOneScheduled)
    assert scheduled.version == version


@pytest.mark.parametrize(
    ("happened", "command", "expected"),
    [
        ((), SCHEDULE, [SCHEDULED]),
        ((SCHEDULED,), SCHEDULE, []),
        ((SCHEDULED,), HOLD, [HELD]),
        ((SCHEDULED, HELD), HOLD, []),
        ((SCHEDULED, HELD), SCHEDULE, []),
    ],
)
def test_it_happens_once(
    happened: tuple[OneToOneEvent, ...], command: OneToOneCommand, expected: list[OneToOneEvent]
) -> None:
    assert given(one_to_one, *happened)(on(command)) == expected


@pytest.mark.parametrize(
    ("happened", "command", "code", "field"),
    [
        ((SCHEDULED,), replace(SCHEDULE, manager_id=CAI), "one_to_one_exists", "/one_to_one_id"),
        ((), replace(SCHEDULE, manager_id=ANN), "alone", "/manager_id"),
        ((), replace(SCHEDULE, leads=False), "not_the_line_manager", "/manager_id"),
        ((), replace(SCHEDULE, planned_on=date(2026, 8, 31)), "template_unknown", "/template"),
        ((), HOLD, "one_to_one_unknown", "/one_to_one_id"),
        ((SCHEDULED, HELD), replace(HOLD, held_on=TODAY), "one_to_one_held", "/one_to_one_id"),
        ((SCHEDULED,), replace(HOLD, held_on=TODAY + timedelta(days=1)), "in_the_future", "/held_on"),
        ((SCHEDULED,), replace(HOLD, next_on=date(2026, 11, 20)), "next_before_this", "/next_on"),
        ((SCHEDULED,), replace(HOLD, leads=False), "not_the_line_manager", "/held_on"),
        ((SCHEDULED,), replace(HOLD, topics=("Weather",)), "topic_of_no_template", "/topics"),
    ],
)
def test_it_is_refused(happened: tuple[OneToOneEvent, ...], command: OneToOneCommand, code: str, field: str) -> None:
    with refused(code, field):
        given(one_to_one, *happened)(on(command))


@over(st.lists(st.sampled_from([SCHEDULE, HOLD, replace(HOLD, topics=()), replace(SCHEDULE, leads=False)]), max_size=8))
def test_repeats_never_change_where_it_ends(commands: list[OneToOneCommand]) -> None:
    asked = [on(command) for command in commands]
    [once, *_], [twice, *_] = whatever_stands(one_to_one, asked), whatever_stands(one_to_one, twice_each(asked))

    assert once == twice


@over(st.lists(st.sampled_from([SET, replace(SET, topics=("Other",)), replace(SET, from_on=TODAY)]), max_size=8))
def test_repeats_make_no_version(commands: list[SetTemplate]) -> None:
    [once, *_], [twice, *_] = (
        whatever_stands(one_to_one_template, commands),
        whatever_stands(one_to_one_template, twice_each(commands)),
    )

    assert once == twice
