"""A trust-wide induction is planned once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given as over
from hypothesis import strategies as st

from services.talent.domain.trust_induction import PlanTrustInduction, trust_induction, trust_induction_stream
from shared.contracts.talent.register import TrustInductionPlanned
from tests.unit.given import given, refused
from tests.unit.repeats import after, twice_each

STARTS_AT = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
PLAN = PlanTrustInduction(
    induction_id=UUID(int=1),
    trustuid="99001",
    title="Welcome to the trust",
    starts_at=STARTS_AT,
    ends_at=STARTS_AT + timedelta(hours=6),
    where="The hall",
    places=120,
)
PLANNED = TrustInductionPlanned(
    induction_id=UUID(int=1),
    trustuid="99001",
    title="Welcome to the trust",
    starts_at=STARTS_AT,
    ends_at=STARTS_AT + timedelta(hours=6),
    where="The hall",
    places=120,
)


def test_an_induction_is_planned() -> None:
    when = given(trust_induction)

    assert when(PLAN) == [PLANNED]
    assert when(replace(PLAN, places=None)) == [replace(PLANNED, places=None)]


def test_planning_it_again_changes_nothing() -> None:
    assert given(trust_induction, PLANNED)(PLAN) == []


def test_another_one_has_an_id_of_its_own() -> None:
    with refused("trust_induction_exists", "/induction_id"):
        given(trust_induction, PLANNED)(replace(PLAN, where="Online"))


def test_it_ends_after_it_starts() -> None:
    with refused("trust_induction_ends_before_it_starts", "/ends_at"):
        given(trust_induction)(replace(PLAN, ends_at=STARTS_AT))


def test_nobody_plans_without_places() -> None:
    with refused("no_places", "/places"):
        given(trust_induction)(replace(PLAN, places=0))


def test_its_stream_is_named_by_its_id() -> None:
    assert trust_induction_stream(UUID(int=1)) == f"trust-induction-{UUID(int=1)}"


commands = st.builds(replace, st.just(PLAN), places=st.sampled_from([None, 0, 120]))


@over(st.lists(commands, max_size=8))
def test_repeats_never_change_where_it_ends(sequence: list[PlanTrustInduction]) -> None:
    once, taken = after(trust_induction, sequence)

    assert after(trust_induction, twice_each(sequence)) == (once, twice_each(taken))
