"""How each refusal about changes and decisions is provoked."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from tests.integration.stories.changing import (
    STANDARD,
    adoption,
    ago,
    ahead,
    cascades,
    change,
    consultation,
    count,
    decision,
    proposes_change,
)
from tests.integration.stories.conftest import HERE, TODAY, Trust
from tests.integration.stories.improving import UNKNOWN_SCHOOL
from tests.integration.stories.provoking import Provoke


async def standard_not_later(trust: Trust) -> str:
    await trust.command("collaboration", "/consultation-standard", STANDARD)
    return await trust.cannot("collaboration", "/consultation-standard", {**STANDARD, "min_days": 5})


async def trust_only(trust: Trust) -> str:
    return await trust.cannot("collaboration", "/changes", change(urns=[HERE]), school=HERE)


async def school_not_member(trust: Trust) -> str:
    return await trust.cannot("collaboration", "/changes", change(urns=[HERE, UNKNOWN_SCHOOL]))


async def change_exists(trust: Trust) -> str:
    other = change(change_id=await proposes_change(trust), align="leave")
    return await trust.cannot("collaboration", "/changes", other)


async def change_unknown(trust: Trust) -> str:
    return await trust.cannot("collaboration", f"/changes/{uuid4()}/adopt", adoption())


async def change_already_decided(trust: Trust) -> str:
    path = f"/changes/{await proposes_change(trust)}"
    await trust.does("collaboration", f"{path}/adopt", adoption())
    return await trust.cannot("collaboration", f"{path}/drop", {"reason": "No money.", "dropped_on": str(TODAY)})


async def change_ends_before_it_starts(trust: Trust) -> str:
    path = f"/changes/{await proposes_change(trust)}/adopt"
    return await trust.cannot("collaboration", path, adoption(to_on=ahead(1)))


async def consultation_ends_before_it_starts(trust: Trust) -> str:
    path = f"/changes/{await proposes_change(trust)}/close-consultation"
    return await trust.cannot("collaboration", path, consultation(to_on=ago(51)))


async def decided_before_proposed(trust: Trust) -> str:
    path = f"/changes/{await proposes_change(trust)}/adopt"
    return await trust.cannot("collaboration", path, adoption(adopted_on=ago(61)))


async def in_the_future(trust: Trust) -> str:
    return await trust.cannot("collaboration", "/changes", change(proposed_on=ahead(1)))


async def change_not_adopted(trust: Trust) -> str:
    return await trust.cannot("collaboration", "/decisions", decision(change_id=await proposes_change(trust)))


async def decision_exists(trust: Trust) -> str:
    other = decision(decision_id=await cascades(trust), reason="Because.")
    return await trust.cannot("collaboration", "/decisions", other)


async def decision_unknown(trust: Trust) -> str:
    return await trust.cannot("collaboration", f"/decisions/{uuid4()}/understood", count())


async def school_not_in_audience(trust: Trust) -> str:
    path = f"/decisions/{await cascades(trust, urns=[HERE])}/understood"
    return await trust.cannot("collaboration", path, count(urn=UNKNOWN_SCHOOL))


async def role_not_in_audience(trust: Trust) -> str:
    path = f"/decisions/{await cascades(trust)}/understood"
    return await trust.cannot("collaboration", path, count(role="governor"))


async def more_understood_than_expected(trust: Trust) -> str:
    path = f"/decisions/{await cascades(trust)}/understood"
    return await trust.cannot("collaboration", path, count(understood=10))


async def understood_before_cascaded(trust: Trust) -> str:
    path = f"/decisions/{await cascades(trust)}/understood"
    return await trust.cannot("collaboration", path, count(as_at=ago(6)))


async def later_one_stands(trust: Trust) -> str:
    path = f"/decisions/{await cascades(trust)}/understood"
    await trust.does("collaboration", path, count())
    return await trust.cannot("collaboration", path, count(as_at=ago(1)))


provoked: Mapping[str, Provoke] = {
    provoke.__name__: provoke
    for provoke in (
        standard_not_later,
        trust_only,
        school_not_member,
        change_exists,
        change_unknown,
        change_already_decided,
        change_ends_before_it_starts,
        consultation_ends_before_it_starts,
        decided_before_proposed,
        in_the_future,
        change_not_adopted,
        decision_exists,
        decision_unknown,
        school_not_in_audience,
        role_not_in_audience,
        more_understood_than_expected,
        understood_before_cascaded,
        later_one_stands,
    )
}
