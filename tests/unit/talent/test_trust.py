"""A trust enters the register once."""

from dataclasses import replace

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.talent.domain.trust import RegisterTrust, trust, trust_stream
from shared.contracts.talent.register import TrustRegistered
from shared.decider import Rejected
from tests.unit.given import given
from tests.unit.repeats import after, events_of, twice_each

REGISTER = RegisterTrust(trustuid="99001", trust_ref="TR09901", name="Harbour Trust", companies_house_number="01234567")
REGISTERED = TrustRegistered(
    trustuid="99001", trust_ref="TR09901", name="Harbour Trust", companies_house_number="01234567"
)


def test_a_trust_is_registered() -> None:
    when = given(trust)

    assert when(REGISTER) == [REGISTERED]


def test_registering_it_again_changes_nothing() -> None:
    when = given(trust, REGISTERED)

    assert when(REGISTER) == []


@pytest.mark.parametrize(
    "other",
    [
        replace(REGISTER, name="Haven Trust"),
        replace(REGISTER, trust_ref="TR09902"),
        replace(REGISTER, companies_house_number=None),
    ],
)
def test_the_same_uid_with_other_details_is_refused(other: RegisterTrust) -> None:
    when = given(trust, REGISTERED)

    with pytest.raises(Rejected) as refusal:
        when(other)

    assert (refusal.value.code, refusal.value.field) == ("trust_exists", "/trustuid")


def test_its_stream_is_named_by_its_uid() -> None:
    assert trust_stream("99001") == "trust-99001"


@over(st.lists(st.sampled_from(["Harbour Trust", "Haven Trust"]).map(lambda name: replace(REGISTER, name=name))))
def test_repeats_never_change_where_it_ends(commands: list[RegisterTrust]) -> None:
    once, taken = after(trust, commands)

    assert after(trust, twice_each(commands)) == (once, twice_each(taken))
    assert events_of(trust, taken, once) == []
