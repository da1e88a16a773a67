"""What claims ask of the register, as this service has heard it: which schools are the trust's, and who works where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.collaboration.domain.reviewers import Employment
from shared.clock import Clock, today
from shared.contracts.vocabulary import PersonId, Urn
from shared.decider import Rejected
from shared.eventstore import Context, EventStore
from shared.intake.claims import LookUp


def names_members(*fields: str) -> LookUp:
    """A look-up that refuses a claim in which one of these fields (a URN, several, none) names a school outside."""

    async def look_up(store: EventStore, clock: Clock, claim: Any, context: Context) -> Any:
        named = {place: urn for field in fields for place, urn in _named(f"/{field}", getattr(claim, field)).items()}
        await check_members(store, clock, context, named)
        return claim

    return look_up


async def check_members(store: EventStore, clock: Clock, context: Context, named: Mapping[str, Urn]) -> None:
    """Refuse schools, by the JSON pointers of where they are named, that are not members of the sender's trust."""
    members = await store.pool.fetchval(
        """select coalesce(array_agg(urn), '{}') from school
           where trustuid = $1 and urn = any($2) and (left_on is null or left_on > $3)""",
        context.trustuid,
        list(named.values()),
        today(clock.now()),
    )
    for place, urn in named.items():
        if urn not in members:
            raise Rejected("school_not_member", "Name schools that are members of the trust now.", field=place)


async def employments_of(store: EventStore, person_id: PersonId) -> tuple[Employment, ...]:
    """Where somebody works and worked."""
    rows = await store.pool.fetch("select urn, started_on, ended_on from engagement where person_id = $1", person_id)
    return tuple(Employment(urn=row["urn"], from_on=row["started_on"], to_on=row["ended_on"]) for row in rows)


async def check_own_people(store: EventStore, context: Context, field: str, people: Sequence[PersonId]) -> None:
    """Refuse a school that speaks of people none of whom works or worked there."""
    if context.urns is None:
        return
    known = await store.pool.fetchval(
        "select exists (select from engagement where person_id = any($1::uuid[]) and urn = any($2::text[]))",
        list(people),
        list(context.urns),
    )
    if not known:
        raise Rejected("not_your_school", "A school says this of those who work or worked there.", field=field)


def _named(place: str, content: Urn | tuple[Urn, ...] | None) -> dict[str, Urn]:
    """The schools that a field names, by JSON pointer."""
    match content:
        case None:
            return {}
        case str():
            return {place: content}
        case _:
            return {f"{place}/{number}": urn for number, urn in enumerate(content)}
