"""How each refusal about collaborations is provoked."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from tests.integration.stories.changing import (
    GIVER,
    HELP,
    TAKER,
    UNIVERSITY,
    ago,
    agrees,
    ahead,
    commitment,
    partnership,
)
from tests.integration.stories.conftest import HERE, THERE, TODAY, Trust
from tests.integration.stories.improving import UNKNOWN_SCHOOL
from tests.integration.stories.provoking import Provoke

_closing = {"outcome": "green", "closed_on": str(TODAY)}


async def collaboration_exists(trust: Trust) -> str:
    fields = partnership()
    await trust.does("collaboration", "/collaborations", fields)
    return await trust.cannot("collaboration", "/collaborations", {**fields, "title": "Maths"})


async def collaboration_unknown(trust: Trust) -> str:
    return await trust.cannot("collaboration", f"/collaborations/{uuid4()}/close", _closing)


async def collaboration_closed(trust: Trust) -> str:
    path = f"/collaborations/{await agrees(trust)}"
    await trust.does("collaboration", f"{path}/close", _closing)
    return await trust.cannot("collaboration", f"{path}/commitments", commitment())


async def collaboration_ends_before_it_starts(trust: Trust) -> str:
    return await trust.cannot("collaboration", "/collaborations", partnership(ends_on=ago(200)))


async def collaboration_closed_before_it_starts(trust: Trust) -> str:
    path = f"/collaborations/{await agrees(trust, starts_on=ahead(1))}/close"
    return await trust.cannot("collaboration", path, _closing)


async def partner_misnamed(trust: Trust) -> str:
    nameless = {"kind": "university"}
    return await trust.cannot("collaboration", "/collaborations", partnership(GIVER, nameless))


async def partner_named_twice(trust: Trust) -> str:
    return await trust.cannot("collaboration", "/collaborations", partnership(GIVER, TAKER, {**TAKER, "gives": [HELP]}))


async def no_partner_of_trust(trust: Trust) -> str:
    diocese = {"kind": "diocese", "name": "Leicester"}
    return await trust.cannot("collaboration", "/collaborations", partnership(UNIVERSITY, diocese))


async def unit_of_other_dimension(trust: Trust) -> str:
    wrong = {"kind": "trust", "gives": [{**HELP, "unit": "pence"}]}
    return await trust.cannot("collaboration", "/collaborations", partnership(GIVER, wrong))


async def school_not_member(trust: Trust) -> str:
    stranger = {"kind": "school", "urn": UNKNOWN_SCHOOL}
    return await trust.cannot("collaboration", "/collaborations", partnership(GIVER, stranger))


async def not_your_school(trust: Trust) -> str:
    return await trust.cannot("collaboration", "/collaborations", partnership(TAKER, UNIVERSITY), school=HERE)


async def commitment_exists(trust: Trust) -> str:
    path, said = f"/collaborations/{await agrees(trust)}/commitments", commitment()
    await trust.does("collaboration", path, said)
    return await trust.cannot("collaboration", path, {**said, "practice": "Phonics at times."})


async def not_a_partner(trust: Trust) -> str:
    path = f"/collaborations/{await agrees(trust, GIVER, UNIVERSITY)}/commitments"
    return await trust.cannot("collaboration", path, commitment(urn=THERE))


async def change_before_collaboration(trust: Trust) -> str:
    path = f"/collaborations/{await agrees(trust)}/commitments"
    return await trust.cannot("collaboration", path, commitment(from_on=ago(101)))


async def assessed_while_not_running(trust: Trust) -> str:
    path = f"/collaborations/{await agrees(trust)}/assess"
    return await trust.cannot("collaboration", path, {"scores": {}, "assessed_on": ago(101)})


async def later_one_stands(trust: Trust) -> str:
    path = f"/collaborations/{await agrees(trust)}/assess"
    await trust.does("collaboration", path, {"scores": {"pace": 3}, "assessed_on": ago(1)})
    return await trust.cannot("collaboration", path, {"scores": {"pace": 1}, "assessed_on": ago(2)})


async def in_the_future(trust: Trust) -> str:
    path = f"/collaborations/{await agrees(trust)}/assess"
    return await trust.cannot("collaboration", path, {"scores": {}, "assessed_on": ahead(1)})


provoked: Mapping[str, Provoke] = {
    provoke.__name__: provoke
    for provoke in (
        collaboration_exists,
        collaboration_unknown,
        collaboration_closed,
        collaboration_ends_before_it_starts,
        collaboration_closed_before_it_starts,
        partner_misnamed,
        partner_named_twice,
        no_partner_of_trust,
        unit_of_other_dimension,
        school_not_member,
        not_your_school,
        commitment_exists,
        not_a_partner,
        change_before_collaboration,
        assessed_while_not_running,
        later_one_stands,
        in_the_future,
    )
}
