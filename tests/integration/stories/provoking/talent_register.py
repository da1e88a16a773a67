"""How every refusal about trusts, schools, term dates and trajectories is provoked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from tests.integration.stories.conftest import HERE, TODAY, Trust
from tests.integration.stories.provoking import Provoke
from tests.integration.stories.reacting import trust_induction
from tests.support.writer import TRUST, TRUST_REF, joining

_YEAR = {"trustuid": TRUST, "academic_year": "2031/32"}
_AUTUMN = {"name": "A1", "starts_on": "2031-09-02", "ends_on": "2031-10-17"}
_SPRING = {"name": "S1", "starts_on": "2032-01-05", "ends_on": "2032-02-13"}


async def _school(trust: Trust) -> str:
    """A school of its own, which joined in 2020."""
    urn = str(910000 + uuid4().int % 80000)
    await trust.does("talent", "/schools", joining(urn))
    return urn


async def _joins(trust: Trust, urn: str, day: str) -> str:
    return await trust.cannot("talent", "/schools", {**joining(urn), "joined_on": day})


async def _leaves(trust: Trust, urn: str, day: str = "2024-09-01") -> None:
    await trust.does("talent", f"/schools/{urn}/leave", {"trustuid": TRUST, "left_on": day})


async def _sets(trust: Trust, half_terms: Sequence[Mapping[str, str]], **more: Any) -> str:
    return await trust.cannot("talent", "/term-dates", {**_YEAR, "half_terms": half_terms, **more})


async def _judges(trust: Trust, **more: Any) -> str:
    judged = {"trustuid": TRUST, "trajectory": "steady", "basis": "As before.", "assessed_on": str(TODAY), **more}
    if "assessed_by" not in judged:
        judged["assessed_by"] = await trust.employs("trust_executive")
    return await trust.cannot("talent", f"/schools/{judged.pop('urn', HERE)}/trajectory", judged)


async def _trust_exists(trust: Trust) -> str:
    other = {"trustuid": TRUST, "trust_ref": TRUST_REF, "name": "ANOTHER NAME"}
    return await trust.cannot("talent", "/trusts", other)


async def _trust_only(trust: Trust) -> str:
    return await trust.cannot("talent", "/term-dates", {**_YEAR, "half_terms": [_AUTUMN]}, school=HERE)


async def _school_already_member(trust: Trust) -> str:
    return await _joins(trust, await _school(trust), "2021-09-01")


async def _joined_before_left(trust: Trust) -> str:
    urn = await _school(trust)
    await _leaves(trust, urn)
    return await _joins(trust, urn, "2023-09-01")


async def _left_before_joined(trust: Trust) -> str:
    path = f"/schools/{await _school(trust)}/leave"
    return await trust.cannot("talent", path, {"trustuid": TRUST, "left_on": "2020-09-01"})


async def _school_not_member(trust: Trust) -> str:
    return await _judges(trust, urn="909999")


async def _urn_succeeds_itself(trust: Trust) -> str:
    urn = await _school(trust)
    again = {"trustuid": TRUST, "to_urn": urn, "on": "2024-09-01"}
    return await trust.cannot("talent", f"/schools/{urn}/succeed", again)


async def _urn_already_succeeded(trust: Trust) -> str:
    urn = await _school(trust)
    await trust.does("talent", f"/schools/{urn}/succeed", {"trustuid": TRUST, "to_urn": "909998", "on": "2024-09-01"})
    return await _joins(trust, urn, "2025-09-01")


async def _closure_outside_year(trust: Trust) -> str:
    return await _sets(trust, [_AUTUMN], closures=["2032-09-01"])


async def _academic_year_not_consecutive(trust: Trust) -> str:
    return await _sets(trust, [_AUTUMN], academic_year="2031/33")


async def _half_terms_missing(trust: Trust) -> str:
    return await _sets(trust, [])


async def _half_term_named_twice(trust: Trust) -> str:
    return await _sets(trust, [_AUTUMN, {**_SPRING, "name": "A1"}])


async def _half_terms_out_of_order(trust: Trust) -> str:
    return await _sets(trust, [{**_AUTUMN, "name": "S1"}, {**_SPRING, "name": "A1"}])


async def _half_terms_overlap(trust: Trust) -> str:
    return await _sets(trust, [_AUTUMN, {**_SPRING, "starts_on": "2031-10-17"}])


async def _half_term_outside_year(trust: Trust) -> str:
    return await _sets(trust, [{**_AUTUMN, "starts_on": "2031-08-31"}])


async def _half_term_ends_before_it_starts(trust: Trust) -> str:
    return await _sets(trust, [{**_AUTUMN, "ends_on": "2031-09-01"}])


async def _in_the_future(trust: Trust) -> str:
    return await _judges(trust, assessed_on=str(TODAY + timedelta(days=2)))


async def _plans(trust: Trust, **more: Any) -> str:
    return await trust.cannot("talent", "/trust-inductions", trust_induction(**more))


async def _trust_induction_exists(trust: Trust) -> str:
    planned = trust_induction()
    await trust.does("talent", "/trust-inductions", planned)
    return await _plans(trust, **{**planned, "where": "Online"})


async def _trust_induction_ends_before_it_starts(trust: Trust) -> str:
    return await _plans(trust, ends_at=trust_induction()["starts_at"], starts_at=trust_induction()["ends_at"])


async def _no_places(trust: Trust) -> str:
    return await _plans(trust, places=0)


provoked: Mapping[str, Provoke] = {
    "trust_exists": _trust_exists,
    "trust_only": _trust_only,
    "school_already_member": _school_already_member,
    "joined_before_left": _joined_before_left,
    "left_before_joined": _left_before_joined,
    "school_not_member": _school_not_member,
    "urn_succeeds_itself": _urn_succeeds_itself,
    "urn_already_succeeded": _urn_already_succeeded,
    "closure_outside_year": _closure_outside_year,
    "academic_year_not_consecutive": _academic_year_not_consecutive,
    "half_terms_missing": _half_terms_missing,
    "half_term_named_twice": _half_term_named_twice,
    "half_terms_out_of_order": _half_terms_out_of_order,
    "half_terms_overlap": _half_terms_overlap,
    "half_term_outside_year": _half_term_outside_year,
    "half_term_ends_before_it_starts": _half_term_ends_before_it_starts,
    "in_the_future": _in_the_future,
    "trust_induction_exists": _trust_induction_exists,
    "trust_induction_ends_before_it_starts": _trust_induction_ends_before_it_starts,
    "no_places": _no_places,
}
