"""How each refusal about leaders is provoked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from tests.integration.stories.conftest import HERE, THERE, TODAY, Trust
from tests.integration.stories.leading import (
    TOMORROW,
    YESTERDAY,
    assessment,
    experience,
    leaves,
    nominated,
    nomination,
    project,
)
from tests.integration.stories.provoking import Provoke

ENDORSED = {"endorsed_on": str(TODAY)}
CLOSED = {"closed_on": str(TODAY), "reason": "promoted"}


async def person_unknown(trust: Trust) -> str:
    return await trust.cannot("talent", "/leaders", nomination(str(uuid4()), await trust.employs()))


async def person_missing(trust: Trust) -> str:
    by = await trust.employs()
    return await trust.cannot("talent", "/leaders", {**nomination(by, by), "person_id": None})


async def leader_id_differs(trust: Trust) -> str:
    person_id, by = await trust.employs(), await trust.employs()
    return await trust.cannot("talent", "/leaders", nomination(person_id, by, leader_id=by))


async def leader_already_identified(trust: Trust) -> str:
    leader_id, _ = await nominated(trust)
    return await trust.cannot("talent", "/leaders", nomination(leader_id, await trust.employs()))


async def person_has_left(trust: Trust) -> str:
    person_id, by = await trust.employs(), await trust.employs()
    await leaves(trust, person_id)
    return await trust.cannot("talent", "/leaders", nomination(person_id, by))


async def school_not_member(trust: Trust) -> str:
    person_id, by = await trust.employs(), await trust.employs()
    return await trust.cannot("talent", "/leaders", nomination(person_id, by, urn="999999"))


async def in_the_future(trust: Trust) -> str:
    person_id, by = await trust.employs(), await trust.employs()
    return await trust.cannot("talent", "/leaders", nomination(person_id, by, informed_on=TOMORROW))


async def not_your_school(trust: Trust) -> str:
    person_id, by = await trust.employs(urn=HERE), await trust.employs()
    return await trust.cannot("talent", "/leaders", nomination(person_id, by), school=THERE)


async def trust_only(trust: Trust) -> str:
    leader_id, _ = await nominated(trust, urn=HERE)
    declined = {"declined_by": "trust", "declined_on": str(TODAY)}
    return await trust.cannot("talent", f"/leaders/{leader_id}/decline", declined, school=HERE)


async def leader_unknown(trust: Trust) -> str:
    person_id, by = await trust.employs(), await trust.employs()
    return await trust.cannot("talent", f"/leaders/{person_id}/endorse", {"endorsed_by": by, **ENDORSED})


async def leader_record_not_open(trust: Trust) -> str:
    leader_id, _ = await nominated(trust)
    await trust.does("talent", f"/leaders/{leader_id}/close", CLOSED)
    by = await trust.employs()
    return await trust.cannot("talent", f"/leaders/{leader_id}/endorse", {"endorsed_by": by, **ENDORSED})


async def endorses_self(trust: Trust) -> str:
    leader_id, _ = await nominated(trust)
    return await trust.cannot("talent", f"/leaders/{leader_id}/endorse", {"endorsed_by": leader_id, **ENDORSED})


async def reopened_before_it_ended(trust: Trust) -> str:
    leader_id, head = await nominated(trust)
    await trust.does("talent", f"/leaders/{leader_id}/close", CLOSED)
    reopening = {"reopened_by": head, "reopened_on": YESTERDAY, "reason": "mistake"}
    return await trust.cannot("talent", f"/leaders/{leader_id}/reopen", reopening)


async def leader_not_active(trust: Trust) -> str:
    return await trust.cannot("talent", f"/leaders/{await trust.employs()}/projects", project())


async def project_exists(trust: Trust) -> str:
    leader_id, given = await _leads(trust)
    return await trust.cannot("talent", f"/leaders/{leader_id}/projects", {**given, "project": "Another"})


async def project_unknown(trust: Trust) -> str:
    leader_id, _ = await nominated(trust)
    completed = {"outcome": "green", "completed_on": str(TODAY)}
    return await trust.cannot("talent", f"/leaders/{leader_id}/projects/{uuid4()}/complete", completed)


async def project_already_completed(trust: Trust) -> str:
    leader_id, given = await _leads(trust)
    path = f"/leaders/{leader_id}/projects/{given['project_id']}/complete"
    await trust.does("talent", path, {"outcome": "green", "completed_on": str(TODAY)})
    return await trust.cannot("talent", path, {"outcome": "red", "completed_on": str(TODAY)})


async def project_completed_before_given(trust: Trust) -> str:
    leader_id, given = await _leads(trust)
    path = f"/leaders/{leader_id}/projects/{given['project_id']}/complete"
    return await trust.cannot("talent", path, {"outcome": "green", "completed_on": "2020-01-01"})


async def experience_exists(trust: Trust) -> str:
    leader_id, _ = await nominated(trust)
    gained = experience()
    await trust.does("talent", f"/leaders/{leader_id}/experience", gained)
    return await trust.cannot("talent", f"/leaders/{leader_id}/experience", {**gained, "experience": "coaching"})


async def assessment_exists(trust: Trust) -> str:
    leader_id, head = await nominated(trust)
    made = assessment(head)
    await trust.does("talent", f"/leaders/{leader_id}/readiness", made)
    return await trust.cannot("talent", f"/leaders/{leader_id}/readiness", {**made, "readiness": "ready_now"})


async def assesses_self(trust: Trust) -> str:
    leader_id, head = await nominated(trust)
    return await trust.cannot("talent", f"/leaders/{leader_id}/readiness", assessment(head, leader_id))


async def assessor_named_twice(trust: Trust) -> str:
    leader_id, head = await nominated(trust)
    return await trust.cannot("talent", f"/leaders/{leader_id}/readiness", assessment(head, head))


async def no_assessor_from_outside(trust: Trust) -> str:
    leader_id, head = await nominated(trust, urn=HERE)
    deputy = await trust.employs("deputy_headteacher", urn=HERE)
    return await trust.cannot("talent", f"/leaders/{leader_id}/readiness", assessment(head, deputy))


provoked: Mapping[str, Provoke] = {
    provoke.__name__: provoke
    for provoke in (
        person_unknown,
        person_missing,
        leader_id_differs,
        leader_already_identified,
        person_has_left,
        school_not_member,
        in_the_future,
        not_your_school,
        trust_only,
        leader_unknown,
        leader_record_not_open,
        endorses_self,
        reopened_before_it_ended,
        leader_not_active,
        project_exists,
        project_unknown,
        project_already_completed,
        project_completed_before_given,
        experience_exists,
        assessment_exists,
        assesses_self,
        assessor_named_twice,
        no_assessor_from_outside,
    )
}


async def _leads(trust: Trust) -> tuple[str, dict[str, Any]]:
    """A leader, and the project that they were given."""
    leader_id, _ = await nominated(trust)
    given = project()
    await trust.does("talent", f"/leaders/{leader_id}/projects", given)
    return leader_id, given
