"""Whether the schools that somebody names are the trust's, as this service has heard it from the register."""

from __future__ import annotations

from collections.abc import Mapping

from shared.clock import Clock, today
from shared.contracts.vocabulary import TrustUid, Urn
from shared.decider import Rejected
from shared.eventstore import EventStore


async def check_schools(store: EventStore, clock: Clock, trustuid: TrustUid, named: Mapping[str, Urn | None]) -> None:
    """Ask for all of them at once.

    Args:
        named: the schools, by the JSON pointers of where they are named; None is the trust itself.

    Raises:
        Rejected: `school_unknown`, naming the first that is none of the trust's today.
    """
    urns = {urn for urn in named.values() if urn is not None}
    if not urns:
        return
    rows = await store.pool.fetch(
        "select urn from school where trustuid = $1 and urn = any($2::text[]) and (left_on is null or left_on > $3)",
        trustuid,
        list(urns),
        today(clock.now()),
    )
    known = {row["urn"] for row in rows}
    for field, urn in named.items():
        if urn is not None and urn not in known:
            raise Rejected("school_unknown", "The trust has no such school: check its URN.", field=field)


def each(field: str, urns: tuple[Urn, ...]) -> dict[str, Urn]:
    """The schools of a list, by where each of them stands."""
    return {f"{field}/{number}": urn for number, urn in enumerate(urns)}
