"""How each refusal about reviews, what follows from them, visits and moderation is provoked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from tests.integration.stories.conftest import HERE, THERE, TODAY, Trust
from tests.integration.stories.provoking import Provoke
from tests.integration.stories.reviewing import (
    A_MONTH_AGO,
    LAST_YEAR,
    TOMORROW,
    YESTERDAY,
    agrees,
    completed,
    completion,
    finding,
    finds,
    follow_up,
    moderation,
    plans,
    request,
    requests,
    results,
    reviewer,
    staffed,
    visit,
)


async def review_exists(trust: Trust) -> str:
    asked = request()
    await trust.does("collaboration", "/reviews", asked)
    return await trust.cannot("collaboration", "/reviews", {**asked, "focus": "Behaviour"})


async def review_ends_before_it_starts(trust: Trust) -> str:
    return await trust.cannot("collaboration", "/reviews", request(to_on=LAST_YEAR))


async def review_unknown(trust: Trust) -> str:
    return await _cannot(trust, str(uuid4()), "findings", finding())


async def school_not_member(trust: Trust) -> str:
    return await trust.cannot("collaboration", "/reviews", request(urn="900077"))


async def reviewer_already_agreed(trust: Trust) -> str:
    review_id, lead = await staffed(trust)
    return await _cannot(trust, review_id, "reviewers", reviewer(lead, lead=True))


async def too_many_reviewers(trust: Trust) -> str:
    review_id = await requests(trust)
    *first, last = await trust.staff(51, urn=THERE)
    said = [{"review_id": review_id, **reviewer(person_id)} for person_id in first]
    assert await trust.claim_all("collaboration", "ReviewerAgreed", said) == ["accepted"] * 50
    return await _cannot(trust, review_id, "reviewers", reviewer(last))


async def reviewer_from_host_school(trust: Trust) -> str:
    of_the_host = reviewer(await trust.employs(urn=HERE), reviewer_urn=None)
    return await _cannot(trust, await requests(trust), "reviewers", of_the_host)


async def reviewer_not_at_school(trust: Trust) -> str:
    at_the_trust = reviewer(await trust.employs("adviser", urn=None), reviewer_urn=THERE)
    return await _cannot(trust, await requests(trust), "reviewers", at_the_trust)


async def lead_exists(trust: Trust) -> str:
    review_id, _ = await staffed(trust)
    return await _cannot(trust, review_id, "reviewers", reviewer(await trust.employs(urn=THERE), lead=True))


async def lead_has_conflict(trust: Trust) -> str:
    related = reviewer(await trust.employs(urn=THERE), lead=True, conflict="related_to_head")
    return await _cannot(trust, await requests(trust), "reviewers", related)


async def finding_exists(trust: Trust) -> str:
    review_id, found = await requests(trust), finding()
    await trust.does("collaboration", f"/reviews/{review_id}/findings", found)
    return await _cannot(trust, review_id, "findings", found)


async def found_before_review(trust: Trust) -> str:
    return await _cannot(trust, await requests(trust), "findings", finding(found_on=A_MONTH_AGO))


async def in_the_future(trust: Trust) -> str:
    return await _cannot(trust, await requests(trust), "findings", finding(found_on=TOMORROW))


async def not_your_school(trust: Trust) -> str:
    """Who reviews speaks of what was found, not for the host."""
    review_id, _ = await staffed(trust)
    return await _cannot(trust, review_id, "complete", completion(), school=THERE)


async def lead_missing(trust: Trust) -> str:
    return await _cannot(trust, await requests(trust), "complete", completion())


async def trained_reviewer_missing(trust: Trust) -> str:
    review_id, _ = await staffed(trust, trained_on=None)
    return await _cannot(trust, review_id, "complete", completion())


async def findings_missing(trust: Trust) -> str:
    review_id, _ = await staffed(trust)
    return await _cannot(trust, review_id, "complete", completion())


async def follow_up_missing(trust: Trust) -> str:
    review_id, _ = await staffed(trust)
    await finds(trust, review_id)
    return await _cannot(trust, review_id, "complete", completion())


async def completed_before_agreed(trust: Trust) -> str:
    review_id, _ = await staffed(trust)
    await finds(trust, review_id, kind="strength")
    return await _cannot(trust, review_id, "complete", completion(agreed_by_host_on=str(TODAY)))


async def review_already_completed(trust: Trust) -> str:
    review_id, _ = await completed(trust)
    return await _cannot(trust, review_id, "findings", finding())


async def action_exists(trust: Trust) -> str:
    review_id, action_id = await completed(trust)
    return await _cannot(trust, review_id, "follow-ups", follow_up(str(uuid4()), action_id=action_id))


async def finding_unknown(trust: Trust) -> str:
    review_id = await requests(trust)
    strength = await finds(trust, review_id, kind="strength")
    return await _cannot(trust, review_id, "follow-ups", follow_up(strength))


async def before_the_finding(trust: Trust) -> str:
    review_id = await requests(trust)
    return await _cannot(trust, review_id, "follow-ups", follow_up(await finds(trust, review_id), due_on=A_MONTH_AGO))


async def finding_answered(trust: Trust) -> str:
    review_id = await requests(trust)
    found = await finds(trust, review_id)
    await agrees(trust, review_id, found)
    waived = {"finding_id": found, "reason": "Nobody has time.", "waived_on": YESTERDAY}
    return await _cannot(trust, review_id, "waive", waived)


async def action_unknown(trust: Trust) -> str:
    return await _cannot(trust, await requests(trust), f"follow-ups/{uuid4()}/close", _closing())


async def review_not_completed(trust: Trust) -> str:
    review_id = await requests(trust)
    action_id = await agrees(trust, review_id, await finds(trust, review_id))
    return await _cannot(trust, review_id, f"follow-ups/{action_id}/close", _closing())


async def action_already_closed(trust: Trust) -> str:
    review_id, action_id = await completed(trust)
    await trust.does("collaboration", f"/reviews/{review_id}/follow-ups/{action_id}/close", _closing())
    return await _cannot(trust, review_id, f"follow-ups/{action_id}/close", {**_closing(), "outcome": "red"})


async def visit_exists(trust: Trust) -> str:
    held = visit()
    await trust.does("collaboration", "/peer-visits", held)
    return await trust.cannot("collaboration", "/peer-visits", {**held, "visitors": 5})


async def visits_own_school(trust: Trust) -> str:
    return await trust.cannot("collaboration", "/peer-visits", visit(to_urn=HERE))


async def visitors_missing(trust: Trust) -> str:
    return await trust.cannot("collaboration", "/peer-visits", visit(visitors=0))


async def moderation_exists(trust: Trust) -> str:
    planned = moderation()
    await trust.does("collaboration", "/moderations", planned)
    return await trust.cannot("collaboration", "/moderations", {**planned, "where": "Hall"})


async def school_named_twice(trust: Trust) -> str:
    return await trust.cannot("collaboration", "/moderations", moderation(urns=[HERE, HERE]))


async def moderation_ends_before_it_starts(trust: Trust) -> str:
    backwards = moderation()
    return await trust.cannot("collaboration", "/moderations", {**backwards, "ends_at": backwards["starts_at"]})


async def moderation_unknown(trust: Trust) -> str:
    return await _cannot_hold(trust, str(uuid4()))


async def school_not_planned(trust: Trust) -> str:
    return await _cannot_hold(trust, await plans(trust), urns=[HERE, "900077"])


async def held_before_planned(trust: Trust) -> str:
    return await _cannot_hold(trust, await plans(trust), held_on=A_MONTH_AGO)


async def sample_does_not_add_up(trust: Trust) -> str:
    return await _cannot_hold(trust, await plans(trust), sampled=13)


async def moderation_already_held(trust: Trust) -> str:
    moderation_id = await plans(trust)
    await trust.does("collaboration", f"/moderations/{moderation_id}/hold", results())
    return await _cannot_hold(trust, moderation_id, agreed=10, adjusted=2)


async def _cannot(trust: Trust, review_id: str, path: str, body: dict[str, Any], *, school: str | None = None) -> str:
    return await trust.cannot("collaboration", f"/reviews/{review_id}/{path}", body, school=school)


async def _cannot_hold(trust: Trust, moderation_id: str, **more: Any) -> str:
    return await trust.cannot("collaboration", f"/moderations/{moderation_id}/hold", results(**more))


def _closing() -> dict[str, Any]:
    return {"outcome": "green", "closed_on": str(TODAY)}


provoked: Mapping[str, Provoke] = {
    provoke.__name__: provoke
    for provoke in (
        review_exists,
        review_ends_before_it_starts,
        review_unknown,
        school_not_member,
        reviewer_already_agreed,
        too_many_reviewers,
        reviewer_from_host_school,
        reviewer_not_at_school,
        lead_exists,
        lead_has_conflict,
        finding_exists,
        found_before_review,
        in_the_future,
        not_your_school,
        lead_missing,
        trained_reviewer_missing,
        findings_missing,
        follow_up_missing,
        completed_before_agreed,
        review_already_completed,
        action_exists,
        finding_unknown,
        before_the_finding,
        finding_answered,
        action_unknown,
        review_not_completed,
        action_already_closed,
        visit_exists,
        visits_own_school,
        visitors_missing,
        moderation_exists,
        school_named_twice,
        moderation_ends_before_it_starts,
        moderation_unknown,
        school_not_planned,
        held_before_planned,
        sample_does_not_add_up,
        moderation_already_held,
    )
}
