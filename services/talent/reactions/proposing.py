"""What a school gives of somebody's time becomes a proposal to deploy them: a machine proposes, people confirm.

An allocation that two academic years share is refused: how many of its days fall in which year is for people to say,
who then propose one deployment for each.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import NAMESPACE_URL, UUID, uuid5

import asyncpg

from services.talent.domain.academic_year import academic_year_of
from services.talent.domain.deployment import deployments_stream
from services.talent.intake import deployments
from shared.contracts.collaboration.capacity import CapacityAllocated
from shared.contracts.vocabulary import Id
from shared.reactions import Effect, Fact, Reaction

_proposals = uuid5(NAMESPACE_URL, "uk.mat/talent/proposed-deployments")


def proposed_deployment_id(allocation_id: Id) -> UUID:
    """The id of the deployment that is proposed for an allocation."""
    return uuid5(_proposals, str(allocation_id))


async def react(fact: Fact, _: asyncpg.Pool) -> Sequence[Effect]:
    """Propose the days of one person whom a school gives to another. Two half-days are a day, and an odd one too."""
    match fact.event:
        case (
            CapacityAllocated(
                dimension="people", unit="half_days", person_id=UUID() as person_id, giver_urn=str() as from_urn
            ) as allocated
        ):
            proposal = deployments.Proposal(
                deployment_id=proposed_deployment_id(allocated.allocation_id),
                person_id=person_id,
                from_urn=from_urn,
                to_urn=allocated.taker_urn,
                days=(allocated.quantity + 1) // 2,
                starts_on=allocated.from_on,
                ends_on=allocated.to_on,
                purpose="What was allocated of this person's time to the school that asked for help.",
                allocation_id=allocated.allocation_id,
            )
            target = deployments_stream(person_id, academic_year_of(allocated.from_on))
            return [Effect(target, lambda context: deployments.propose_deployment(proposal, context))]
        case _:
            return []


propose_deployment = Reaction("propose_deployment", (CapacityAllocated,), react)
