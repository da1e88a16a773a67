"""People visit a school that leads in something, and say once what they learnt."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given as over
from hypothesis import strategies as st

from services.cpd.domain.days import Dated
from services.cpd.domain.pioneer_visit import (
    ArrangeVisit,
    ReportVisit,
    VisitCommand,
    pioneer_visit,
    pioneer_visit_stream,
)
from shared.contracts.cpd.programmes import PioneerVisitArranged, PioneerVisitReported
from tests.unit.collaboration.properties import (
    assert_late_repeats_change_nothing,
    assert_repeats_change_nothing,
)
from tests.unit.cpd.facts import ANN, BEA, CAI, ELM, OAK
from tests.unit.given import given, refused

TODAY = date(2026, 11, 25)
ARRANGE = ArrangeVisit(
    visit_id=CAI,
    trustuid="99001",
    urn=OAK,
    host="Saltmarsh Primary",
    host_urn=ELM,
    visitor_ids=(ANN, BEA),
    focus="How they teach reading in Year 1",
    visit_on=TODAY,
)
ARRANGED = PioneerVisitArranged(
    visit_id=CAI,
    trustuid="99001",
    urn=OAK,
    host="Saltmarsh Primary",
    host_urn=ELM,
    visitor_ids=(ANN, BEA),
    focus="How they teach reading in Year 1",
    visit_on=TODAY,
)
REPORT = ReportVisit(visit_id=CAI, learning="Ten minutes of phonics a day, everywhere.", reported_on=TODAY)
REPORTED = PioneerVisitReported(
    visit_id=CAI, urn=OAK, learning="Ten minutes of phonics a day, everywhere.", reported_on=TODAY
)


def on(command: VisitCommand, today: date = TODAY) -> Dated[VisitCommand]:
    return Dated(command, today)


def test_a_visit_is_arranged_for_a_day_to_come() -> None:
    when = given(pioneer_visit)

    assert when(on(ARRANGE, TODAY - timedelta(days=30))) == [ARRANGED]


def test_a_host_may_be_outside_the_trust_and_without_a_urn() -> None:
    when = given(pioneer_visit)

    assert when(on(replace(ARRANGE, host="A school in Finland", host_urn=None))) == [
        replace(ARRANGED, host="A school in Finland", host_urn=None)
    ]


def test_people_of_the_trust_itself_visit() -> None:
    when = given(pioneer_visit)

    assert when(on(replace(ARRANGE, urn=None))) == [replace(ARRANGED, urn=None)]
    assert when(on(replace(ARRANGE, urn=None, host_urn=None))) == [replace(ARRANGED, urn=None, host_urn=None)]


def test_somebody_visits() -> None:
    when = given(pioneer_visit)

    with refused("visitors_missing", "/visitor_ids"):
        when(on(replace(ARRANGE, visitor_ids=())))


def test_everybody_visits_once() -> None:
    when = given(pioneer_visit)

    with refused("visitor_named_twice", "/visitor_ids"):
        when(on(replace(ARRANGE, visitor_ids=(ANN, BEA, ANN))))


def test_nobody_visits_their_own_school() -> None:
    when = given(pioneer_visit)

    with refused("visits_own_school", "/host_urn"):
        when(on(replace(ARRANGE, host_urn=OAK)))


def test_arranging_it_again_changes_nothing() -> None:
    assert given(pioneer_visit, ARRANGED)(on(ARRANGE)) == []
    assert given(pioneer_visit, ARRANGED, REPORTED)(on(ARRANGE)) == []


def test_the_same_id_with_other_details_is_refused() -> None:
    when = given(pioneer_visit, ARRANGED)

    with refused("visit_exists", "/visit_id"):
        when(on(replace(ARRANGE, visit_on=TODAY + timedelta(days=1))))


def test_a_visit_is_reported() -> None:
    when = given(pioneer_visit, ARRANGED)

    assert when(on(REPORT)) == [REPORTED]


def test_a_visit_is_reported_once() -> None:
    when = given(pioneer_visit, ARRANGED, REPORTED)

    with refused("visit_already_reported", "/visit_id"):
        when(on(REPORT))


def test_what_was_not_arranged_is_unknown() -> None:
    when = given(pioneer_visit)

    with refused("visit_unknown", "/visit_id"):
        when(on(REPORT))


def test_a_visit_is_reported_when_it_has_taken_place() -> None:
    when = given(pioneer_visit, ARRANGED)

    with refused("reported_before_visit", "/reported_on"):
        when(on(replace(REPORT, reported_on=TODAY - timedelta(days=1))))
    with refused("in_the_future", "/reported_on"):
        when(on(replace(REPORT, reported_on=TODAY + timedelta(days=1))))


def test_no_personal_text_stays_in_the_state() -> None:
    assert REPORT.learning not in repr(pioneer_visit.fold([ARRANGED, REPORTED]))


def test_its_stream_is_named_by_its_id() -> None:
    assert pioneer_visit_stream(CAI) == f"pioneer-visit-{CAI}"


COMMANDS: st.SearchStrategy[list[Dated[VisitCommand]]] = st.lists(
    (
        st.builds(replace, st.just(ARRANGE), visitor_ids=st.sampled_from([(), (ANN,), (ANN, ANN)]))
        | st.builds(
            replace, st.just(REPORT), reported_on=st.integers(-1, 1).map(lambda days: TODAY + timedelta(days=days))
        )
    ).map(on),
    max_size=12,
)


@over(COMMANDS)
def test_any_commands_may_come_more_than_once(commands: list[Dated[VisitCommand]]) -> None:
    assert_repeats_change_nothing(pioneer_visit, commands)
    assert_late_repeats_change_nothing(pioneer_visit, commands)
