"""How each refusal about deployments comes about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import uuid4

from tests.integration.stories.career_bodies import (
    ENDS,
    STARTS,
    YEAR,
    ago,
    confirmation,
    ending,
    has_terms,
    is_deployed,
    is_proposed,
    proposal,
)
from tests.integration.stories.conftest import HERE, THERE, TODAY, Trust
from tests.integration.stories.provoking import Provoke


async def _propose(trust: Trust, **other: object) -> str:
    """The refusal of a proposal that differs in this from one that would be taken."""
    return await trust.cannot("talent", "/deployments", proposal(await trust.employs(), **other))


async def _confirm(trust: Trust, **other: object) -> str:
    """The refusal of a confirmation that differs in this from one that would be taken."""
    leader, head = await has_terms(trust)
    at = f"/deployments/{await is_proposed(trust, leader)}/confirm"
    return await trust.cannot("talent", at, confirmation(leader, head, **other))


async def _end(trust: Trust, **other: object) -> str:
    """The refusal of an ending that differs in this from one that would be taken."""
    leader, head = await has_terms(trust)
    at = f"/deployments/{await is_deployed(trust, leader, head)}/end"
    return await trust.cannot("talent", at, ending(leader, **other))


async def _person_unknown(trust: Trust) -> str:
    return await _confirm(trust, confirmed_by_head=str(uuid4()))


async def _not_your_school(trust: Trust) -> str:
    return await trust.cannot("talent", "/deployments", proposal(await trust.employs()), school=THERE)


async def _in_the_future(trust: Trust) -> str:
    return await _confirm(trust, confirmed_by_head_on=ago(-1))


async def _terms_end_before_they_start(trust: Trust) -> str:
    leader = await trust.employs()
    terms = {"days_a_year": 5, "from_on": ago(10), "to_on": ago(11)}
    return await trust.cannot("talent", f"/persons/{leader}/deployment-terms", terms)


async def _terms_missing(trust: Trust) -> str:
    leader, head = await trust.employs(), await trust.employs("headteacher")
    at = f"/deployments/{await is_proposed(trust, leader)}/confirm"
    return await trust.cannot("talent", at, confirmation(leader, head))


async def _terms_end_before(trust: Trust) -> str:
    leader, head = await has_terms(trust, to_on=str(ENDS - timedelta(days=1)))
    at = f"/deployments/{await is_proposed(trust, leader)}/confirm"
    return await trust.cannot("talent", at, confirmation(leader, head))


async def _terms_exceeded(trust: Trust) -> str:
    leader, head = await has_terms(trust, days=11)
    await is_deployed(trust, leader, head, days=6)
    at = f"/deployments/{await is_proposed(trust, leader, days=6)}/confirm"
    return await trust.cannot("talent", at, confirmation(leader, head))


async def _deployment_exists(trust: Trust) -> str:
    leader = await trust.employs()
    deployment_id = await is_proposed(trust, leader)
    other = proposal(leader, deployment_id=deployment_id, days=7)
    return await trust.cannot("talent", "/deployments", other)


async def _deployed_to_own_school(trust: Trust) -> str:
    return await _propose(trust, to_urn=HERE)


async def _deployment_ends_before_it_starts(trust: Trust) -> str:
    return await _propose(trust, ends_on=str(STARTS - timedelta(days=1)))


async def _deployment_crosses_years(trust: Trust) -> str:
    return await _propose(trust, ends_on=str(ENDS + timedelta(days=1)))


async def _too_many_days(trust: Trust) -> str:
    return await _propose(trust, days=2, ends_on=str(STARTS))


async def _not_at_releasing_school(trust: Trust) -> str:
    return await _propose(trust, from_urn=THERE, to_urn=HERE)


async def _deployment_unknown(trust: Trust) -> str:
    leader, head = await has_terms(trust)
    return await trust.cannot("talent", f"/deployments/{uuid4()}/confirm", confirmation(leader, head))


async def _deployment_called_off(trust: Trust) -> str:
    leader, head = await has_terms(trust)
    at = f"/deployments/{await is_proposed(trust, leader)}"
    called_off = {"person_id": leader, "academic_year": YEAR, "ended_on": str(TODAY)}
    await trust.does("talent", f"{at}/end", called_off)
    return await trust.cannot("talent", f"{at}/confirm", confirmation(leader, head))


async def _deployment_confirmed(trust: Trust) -> str:
    leader, head = await has_terms(trust)
    at = f"/deployments/{await is_deployed(trust, leader, head)}/confirm"
    return await trust.cannot("talent", at, confirmation(leader, head, confirmed_by_person_on=str(TODAY)))


async def _releases_self(trust: Trust) -> str:
    head = await trust.employs("headteacher")
    at = f"/deployments/{await is_proposed(trust, head)}/confirm"
    return await trust.cannot("talent", at, confirmation(head, head))


async def _not_releasing_head(trust: Trust) -> str:
    return await _confirm(trust, confirmed_by_head=await trust.employs("headteacher", urn=THERE))


async def _deployment_already_ended(trust: Trust) -> str:
    leader, head = await has_terms(trust)
    at = f"/deployments/{await is_deployed(trust, leader, head)}/end"
    await trust.does("talent", at, ending(leader))
    return await trust.cannot("talent", at, ending(leader, outcome="red"))


async def _deployment_never_began(trust: Trust) -> str:
    return await _end(trust, ended_on=str(STARTS - timedelta(days=1)))


async def _outcome_missing(trust: Trust) -> str:
    return await _end(trust, outcome=None)


async def _more_days_than_confirmed(trust: Trust) -> str:
    return await _end(trust, days_given=7)


provoked: Mapping[str, Provoke] = {
    "person_unknown": _person_unknown,
    "not_your_school": _not_your_school,
    "in_the_future": _in_the_future,
    "terms_end_before_they_start": _terms_end_before_they_start,
    "terms_missing": _terms_missing,
    "terms_end_before": _terms_end_before,
    "terms_exceeded": _terms_exceeded,
    "deployment_exists": _deployment_exists,
    "deployed_to_own_school": _deployed_to_own_school,
    "deployment_ends_before_it_starts": _deployment_ends_before_it_starts,
    "deployment_crosses_years": _deployment_crosses_years,
    "too_many_days": _too_many_days,
    "not_at_releasing_school": _not_at_releasing_school,
    "deployment_unknown": _deployment_unknown,
    "deployment_called_off": _deployment_called_off,
    "deployment_confirmed": _deployment_confirmed,
    "releases_self": _releases_self,
    "not_releasing_head": _not_releasing_head,
    "deployment_already_ended": _deployment_already_ended,
    "deployment_never_began": _deployment_never_began,
    "outcome_missing": _outcome_missing,
    "more_days_than_confirmed": _more_days_than_confirmed,
}
