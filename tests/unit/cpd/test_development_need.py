"""What somebody needs to develop is recorded, and met once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given as over
from hypothesis import strategies as st

from services.cpd.domain.days import Dated
from services.cpd.domain.development_need import (
    MeetNeed,
    NeedCommand,
    RecordNeed,
    development_need,
    development_need_stream,
)
from shared.contracts.cpd.programmes import DevelopmentNeedMet, DevelopmentNeedRecorded
from tests.unit.collaboration.properties import (
    assert_late_repeats_change_nothing,
    assert_repeats_change_nothing,
)
from tests.unit.cpd.facts import ANN, BEA, CAI, OAK, PROGRAMME
from tests.unit.given import given, refused

TODAY = date(2026, 11, 25)
RECORD = RecordNeed(
    need_id=CAI,
    person_id=ANN,
    urn=OAK,
    capability="financial_planning",
    seen_in="readiness",
    programme_ids=(PROGRAMME,),
    recorded_on=TODAY,
)
RECORDED = DevelopmentNeedRecorded(
    need_id=CAI,
    person_id=ANN,
    urn=OAK,
    capability="financial_planning",
    seen_in="readiness",
    programme_ids=(PROGRAMME,),
    recorded_on=TODAY,
)
MEET = MeetNeed(need_id=CAI, met_by=PROGRAMME, met_on=TODAY)
MET = DevelopmentNeedMet(need_id=CAI, person_id=ANN, urn=OAK, met_by=PROGRAMME, met_on=TODAY)


def on(command: NeedCommand, today: date = TODAY) -> Dated[NeedCommand]:
    return Dated(command, today)


def test_a_need_is_recorded() -> None:
    when = given(development_need)

    assert when(on(RECORD)) == [RECORDED]


def test_a_need_may_have_no_programme_that_answers_it() -> None:
    when = given(development_need)

    assert when(on(replace(RECORD, programme_ids=()))) == [replace(RECORDED, programme_ids=())]


def test_recording_it_again_changes_nothing() -> None:
    assert given(development_need, RECORDED)(on(RECORD)) == []
    assert given(development_need, RECORDED, MET)(on(RECORD)) == []


def test_another_need_has_an_id_of_its_own() -> None:
    when = given(development_need, RECORDED, MET)

    with refused("need_exists", "/need_id"):
        when(on(replace(RECORD, recorded_on=TODAY - timedelta(days=1))))


def test_a_need_is_met() -> None:
    when = given(development_need, RECORDED)

    assert when(on(MEET)) == [MET]
    assert when(on(replace(MEET, met_by=None))) == [replace(MET, met_by=None)]


def test_meeting_it_again_changes_nothing() -> None:
    when = given(development_need, RECORDED, MET)

    assert when(on(MEET)) == []


def test_a_need_is_met_once() -> None:
    when = given(development_need, RECORDED, MET)

    with refused("need_already_met", "/need_id"):
        when(on(replace(MEET, met_by=BEA)))


def test_what_was_not_recorded_is_unknown() -> None:
    when = given(development_need)

    with refused("need_unknown", "/need_id"):
        when(on(MEET))


def test_a_need_is_met_after_it_was_recorded() -> None:
    when = given(development_need, RECORDED)

    with refused("met_before_recorded", "/met_on"):
        when(on(replace(MEET, met_on=TODAY - timedelta(days=1))))


def test_nothing_is_recorded_of_the_future() -> None:
    yesterday = TODAY - timedelta(days=1)

    with refused("in_the_future", "/recorded_on"):
        given(development_need)(on(RECORD, yesterday))
    with refused("in_the_future", "/met_on"):
        given(development_need, RECORDED)(on(MEET, yesterday))


def test_its_stream_is_named_by_its_id() -> None:
    assert development_need_stream(CAI) == f"development-need-{CAI}"


DAYS = st.integers(-1, 1).map(lambda days: TODAY + timedelta(days=days))
COMMANDS: st.SearchStrategy[list[Dated[NeedCommand]]] = st.lists(
    (st.builds(replace, st.just(RECORD), recorded_on=DAYS) | st.builds(replace, st.just(MEET), met_on=DAYS)).map(on),
    max_size=12,
)


@over(COMMANDS)
def test_any_commands_may_come_more_than_once(commands: list[Dated[NeedCommand]]) -> None:
    assert_repeats_change_nothing(development_need, commands)
    assert_late_repeats_change_nothing(development_need, commands)
