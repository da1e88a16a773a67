"""How mutual a collaboration is follows from what its partners give and receive."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.collaboration.domain.five_tests import highest, mutuality
from shared.contracts.collaboration.capacity import Amount
from shared.contracts.collaboration.partnerships import Partner
from tests.unit.collaboration.facts import ASH, ELM, OAK

DAYS = Amount(dimension="people", quantity=10, unit="half_days")
MORE_DAYS = Amount(dimension="people", quantity=5, unit="half_days")
RATE = Amount(dimension="people", quantity=1, unit="half_days_a_week")
PLACES = Amount(dimension="intellectual", quantity=4, unit="places")
MONEY = Amount(dimension="financial", quantity=100_000, unit="pence")


def partner(gives: tuple[Amount, ...] = (), receives: tuple[Amount, ...] = (), urn: str = OAK) -> Partner:
    return Partner(kind="school", urn=urn, gives=gives, receives=receives)


@pytest.mark.parametrize(
    ("partners", "score"),
    [
        pytest.param([partner((DAYS,)), partner((), (DAYS,))], 0, id="one gives and the other receives"),
        pytest.param([partner((DAYS,), (PLACES,)), partner((PLACES,), (DAYS,))], 4, id="both give and receive"),
        pytest.param([partner((DAYS, MONEY), (PLACES,)), partner((PLACES,), (DAYS, MONEY))], 2, id="one gives twice"),
        pytest.param([partner((DAYS,), (PLACES,)), partner((PLACES,), (DAYS,)), partner()], 2, id="one looks on"),
        pytest.param([partner(), partner()], 0, id="nothing is exchanged"),
        pytest.param([partner((DAYS, MORE_DAYS), (PLACES,)), partner((PLACES,), (DAYS,))], 4, id="kinds, not lines"),
        pytest.param([partner((DAYS, RATE), (PLACES,)), partner((PLACES,), (DAYS, RATE))], 2, id="a rate is a kind"),
        pytest.param([partner((DAYS,), (PLACES,))] * 3 + [partner((DAYS,))], 3, id="one of four only gives"),
    ],
)
def test_it_is_the_mean_balance_of_kinds(partners: list[Partner], score: int) -> None:
    assert mutuality(partners) == score


AMOUNTS = st.lists(st.sampled_from([DAYS, MORE_DAYS, RATE, PLACES, MONEY]), max_size=5).map(tuple)
PARTNERS = st.lists(st.builds(partner, AMOUNTS, AMOUNTS, st.sampled_from([OAK, ELM, ASH])), min_size=2, max_size=6)


@over(PARTNERS, st.randoms(use_true_random=False))
def test_it_does_not_matter_who_is_named_first(partners: list[Partner], random: Random) -> None:
    others = list(partners)
    random.shuffle(others)

    assert mutuality(others) == mutuality(partners)


@over(PARTNERS)
def test_it_does_not_matter_which_way_all_goes(partners: list[Partner]) -> None:
    reversed_ = [partner(one.receives, one.gives) for one in partners]

    assert mutuality(reversed_) == mutuality(partners)


@over(PARTNERS)
def test_it_is_a_score(partners: list[Partner]) -> None:
    assert 0 <= mutuality(partners) <= highest


@over(st.lists(AMOUNTS.filter(bool), min_size=1, max_size=4), st.lists(AMOUNTS.filter(bool), min_size=1, max_size=4))
def test_help_in_one_direction_is_not_mutual(gives: list[tuple[Amount, ...]], takes: list[tuple[Amount, ...]]) -> None:
    assert mutuality([*(partner(given) for given in gives), *(partner((), taken) for taken in takes)]) == 0


@over(st.lists(AMOUNTS.filter(bool), min_size=2, max_size=6))
def test_who_receive_as_many_kinds_as_they_give_are_all_mutual(amounts: list[tuple[Amount, ...]]) -> None:
    assert mutuality([partner(given, given) for given in amounts]) == highest
