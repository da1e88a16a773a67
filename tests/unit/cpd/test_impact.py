"""What a programme changed is evidenced once, for all pupils and for the disadvantaged."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given as over
from hypothesis import strategies as st

from services.cpd.domain.days import Dated
from services.cpd.domain.impact import EvidenceImpact, impact, impact_stream
from shared.contracts.cpd.programmes import ImpactEvidenced
from tests.unit.collaboration.properties import (
    assert_late_repeats_change_nothing,
    assert_repeats_change_nothing,
)
from tests.unit.cpd.facts import ANN, BEA, OAK, PROGRAMME
from tests.unit.given import given, refused

TODAY = date(2026, 11, 25)
EVIDENCE = EvidenceImpact(
    impact_id=BEA,
    programme_id=PROGRAMME,
    trustuid="99001",
    urn=OAK,
    level=5,
    measure="Reading age in Year 5, in years",
    baseline_thousandths=9_400,
    follow_up_thousandths=10_100,
    disadvantaged_baseline_thousandths=8_800,
    disadvantaged_follow_up_thousandths=9_900,
    verified_by=ANN,
    evidenced_on=TODAY,
)
EVIDENCED = ImpactEvidenced(
    impact_id=BEA,
    programme_id=PROGRAMME,
    trustuid="99001",
    urn=OAK,
    level=5,
    measure="Reading age in Year 5, in years",
    baseline_thousandths=9_400,
    follow_up_thousandths=10_100,
    disadvantaged_baseline_thousandths=8_800,
    disadvantaged_follow_up_thousandths=9_900,
    verified_by=ANN,
    evidenced_on=TODAY,
)


def test_a_change_is_evidenced() -> None:
    when = given(impact)

    assert when(Dated(EVIDENCE, TODAY)) == [EVIDENCED]


def test_a_measure_may_know_nothing_of_disadvantaged_pupils() -> None:
    when = given(impact)

    of_all = replace(EVIDENCE, disadvantaged_baseline_thousandths=None, disadvantaged_follow_up_thousandths=None)
    assert when(Dated(of_all, TODAY)) == [
        replace(EVIDENCED, disadvantaged_baseline_thousandths=None, disadvantaged_follow_up_thousandths=None)
    ]


def test_disadvantaged_pupils_are_measured_both_before_and_after() -> None:
    when = given(impact)

    with refused("disadvantaged_measure_missing", "/disadvantaged_baseline_thousandths"):
        when(Dated(replace(EVIDENCE, disadvantaged_baseline_thousandths=None), TODAY))
    with refused("disadvantaged_measure_missing", "/disadvantaged_follow_up_thousandths"):
        when(Dated(replace(EVIDENCE, disadvantaged_follow_up_thousandths=None), TODAY))


def test_a_measure_of_nothing_is_a_measure() -> None:
    when = given(impact)

    assert when(Dated(replace(EVIDENCE, disadvantaged_baseline_thousandths=0), TODAY)) == [
        replace(EVIDENCED, disadvantaged_baseline_thousandths=0)
    ]


def test_evidence_is_not_of_the_future() -> None:
    when = given(impact)

    with refused("in_the_future", "/evidenced_on"):
        when(Dated(EVIDENCE, date(2026, 11, 24)))


def test_giving_it_again_changes_nothing() -> None:
    when = given(impact, EVIDENCED)

    assert when(Dated(EVIDENCE, TODAY)) == []


def test_the_same_id_with_other_details_is_refused() -> None:
    when = given(impact, EVIDENCED)

    with refused("impact_exists", "/impact_id"):
        when(Dated(replace(EVIDENCE, follow_up_thousandths=0), TODAY))


def test_its_stream_is_named_by_its_id() -> None:
    assert impact_stream(BEA) == f"impact-{BEA}"


COMMANDS = st.lists(
    st.builds(replace, st.just(EVIDENCE), disadvantaged_baseline_thousandths=st.sampled_from([None, 0, 1])).map(
        lambda command: Dated(command, TODAY)
    )
)


@over(COMMANDS)
def test_any_commands_may_come_more_than_once(commands: list[Dated[EvidenceImpact]]) -> None:
    assert_repeats_change_nothing(impact, commands)
    assert_late_repeats_change_nothing(impact, commands)
