"""People of one school looked at another's work: recorded once, by how many, never by whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from hypothesis import given as over
from hypothesis import strategies as st

from services.collaboration.domain.days import Dated
from services.collaboration.domain.peer_visit import RecordVisit, peer_visit, peer_visit_stream
from shared.contracts.collaboration.reviews import PeerVisitHeld
from tests.unit.collaboration.facts import ASH, ELM, OAK, TRUST
from tests.unit.collaboration.properties import (
    assert_late_repeats_change_nothing,
    assert_repeats_change_nothing,
)
from tests.unit.given import given, refused

VISIT = UUID(int=1)
TODAY = date(2026, 11, 25)
RECORD = RecordVisit(
    visit_id=VISIT,
    trustuid=TRUST,
    from_urn=OAK,
    to_urn=ELM,
    kind="learning_walk",
    focus="How reading is taught in Year 1",
    visitors=4,
    held_on=TODAY,
)
HELD = PeerVisitHeld(
    visit_id=VISIT,
    trustuid=TRUST,
    from_urn=OAK,
    to_urn=ELM,
    kind="learning_walk",
    focus="How reading is taught in Year 1",
    visitors=4,
    held_on=TODAY,
)


def on(command: RecordVisit, today: date = TODAY) -> Dated[RecordVisit]:
    return Dated(command, today)


def test_a_visit_is_recorded() -> None:
    assert given(peer_visit)(on(RECORD)) == [HELD]


def test_recording_it_again_changes_nothing() -> None:
    assert given(peer_visit, HELD)(on(RECORD)) == []


def test_another_visit_has_an_id_of_its_own() -> None:
    with refused("visit_exists", "/visit_id"):
        given(peer_visit, HELD)(on(replace(RECORD, visitors=5)))


def test_a_visit_is_to_another_school() -> None:
    with refused("visits_own_school", "/to_urn"):
        given(peer_visit)(on(replace(RECORD, to_urn=OAK)))


def test_somebody_visits() -> None:
    with refused("visitors_missing", "/visitors"):
        given(peer_visit)(on(replace(RECORD, visitors=0)))


def test_nothing_is_recorded_of_the_future() -> None:
    with refused("in_the_future", "/held_on"):
        given(peer_visit)(on(RECORD, TODAY - timedelta(days=1)))


def test_its_stream_is_named_for_its_id() -> None:
    assert peer_visit_stream(VISIT) == f"peer-visit-{VISIT}"


COMMANDS: st.SearchStrategy[list[Dated[RecordVisit]]] = st.lists(
    st.builds(
        replace,
        st.just(RECORD),
        from_urn=st.sampled_from([OAK, ELM]),
        to_urn=st.sampled_from([ELM, ASH]),
        visitors=st.integers(0, 2),
    ).map(on),
    max_size=12,
)


@over(COMMANDS)
def test_any_commands_may_come_more_than_once(commands: list[Dated[RecordVisit]]) -> None:
    assert_repeats_change_nothing(peer_visit, commands)
    assert_late_repeats_change_nothing(peer_visit, commands)
