"""How every refusal about designations, and about the counts of an area, is provoked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

from tests.integration.stories.conftest import HERE, THERE, TODAY, Trust
from tests.integration.stories.holding import LONG_AGO, SOON, YESTERDAY, designation
from tests.integration.stories.provoking import Provoke
from tests.support.writer import TRUST


async def _designates(trust: Trust, scheme: str, **more: Any) -> str:
    return await trust.cannot("talent", "/designations", designation(scheme, **more))


async def _held(trust: Trust, **more: Any) -> tuple[str, dict[str, Any]]:
    """A school that is a trust's own hub: the path to withdraw that, and what was sent."""
    sent = designation("our_hub", urn=HERE, specialism=str(uuid4()), **more)
    await trust.does("talent", "/designations", sent)
    return f"/designations/{sent['designation_id']}/withdraw", sent


async def _person_or_school(trust: Trust) -> str:
    return await _designates(trust, "nle")


async def _scheme_of_people(trust: Trust) -> str:
    return await _designates(trust, "lle", urn=HERE)


async def _scheme_of_schools(trust: Trust) -> str:
    return await _designates(trust, "tsa", person_id=await trust.employs("headteacher"))


async def _in_the_future(trust: Trust) -> str:
    return await _designates(trust, "nle", person_id=await trust.employs("headteacher"), from_on=str(SOON))


async def _designation_ends_before_it_starts(trust: Trust) -> str:
    return await _designates(trust, "our_hub", urn=HERE, to_on=str(YESTERDAY))


async def _specialism_missing(trust: Trust) -> str:
    return await _designates(trust, "sle", person_id=await trust.employs("subject_leader"))


async def _post_not_held(trust: Trust) -> str:
    return await _designates(trust, "nle", person_id=await trust.employs("deputy_headteacher"))


async def _designation_exists(trust: Trust) -> str:
    _, sent = await _held(trust)
    return await trust.cannot("talent", "/designations", {**sent, "awarding_body": "The trust"})


async def _designation_overlaps(trust: Trust) -> str:
    _, sent = await _held(trust)
    return await trust.cannot("talent", "/designations", {**sent, "designation_id": str(uuid4())})


async def _designation_unknown(trust: Trust) -> str:
    withdrawn = {"urn": HERE, "withdrawn_on": str(TODAY)}
    return await trust.cannot("talent", f"/designations/{uuid4()}/withdraw", withdrawn)


async def _already_withdrawn(trust: Trust) -> str:
    path, _ = await _held(trust)
    await trust.does("talent", path, {"urn": HERE, "withdrawn_on": str(TODAY)})
    return await trust.cannot("talent", path, {"urn": HERE, "withdrawn_on": str(YESTERDAY)})


async def _withdrawn_before_designated(trust: Trust) -> str:
    path, _ = await _held(trust)
    return await trust.cannot("talent", path, {"urn": HERE, "withdrawn_on": str(LONG_AGO)})


async def _designation_has_ended(trust: Trust) -> str:
    path, _ = await _held(trust, from_on=str(LONG_AGO), to_on=str(LONG_AGO + timedelta(days=300)))
    return await trust.cannot("talent", path, {"urn": HERE, "withdrawn_on": str(TODAY)})


async def _school_not_member(trust: Trust) -> str:
    return await _designates(trust, "tsa", urn="900099")


async def _person_unknown(trust: Trust) -> str:
    return await _designates(trust, "nle", person_id=str(uuid4()))


async def _not_your_school(trust: Trust) -> str:
    elsewhere = designation("sle", person_id=await trust.employs("senco", urn=THERE), specialism="Inclusion")
    return await trust.cannot("talent", "/designations", elsewhere, school=HERE)


async def _count_or_reason(trust: Trust) -> str:
    neither = {"trustuid": TRUST, "area": "Kent", "scheme": "NLE", "role": "National leader", "as_at": str(TODAY)}
    return await trust.cannot("talent", "/role-counts", neither)


async def _trust_only(trust: Trust) -> str:
    count = {"trustuid": TRUST, "area": "Kent", "scheme": "NLE", "role": "National leader", "as_at": str(TODAY)}
    return await trust.cannot("talent", "/role-counts", {**count, "count": 3}, school=HERE)


provoked: Mapping[str, Provoke] = {
    "person_or_school": _person_or_school,
    "scheme_of_people": _scheme_of_people,
    "scheme_of_schools": _scheme_of_schools,
    "in_the_future": _in_the_future,
    "designation_ends_before_it_starts": _designation_ends_before_it_starts,
    "specialism_missing": _specialism_missing,
    "post_not_held": _post_not_held,
    "designation_exists": _designation_exists,
    "designation_overlaps": _designation_overlaps,
    "designation_unknown": _designation_unknown,
    "already_withdrawn": _already_withdrawn,
    "withdrawn_before_designated": _withdrawn_before_designated,
    "designation_has_ended": _designation_has_ended,
    "school_not_member": _school_not_member,
    "person_unknown": _person_unknown,
    "not_your_school": _not_your_school,
    "count_or_reason": _count_or_reason,
    "trust_only": _trust_only,
}
