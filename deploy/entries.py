"""Who is the same person: an entry of the register, the one that it was merged into, and those merged into that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from deploy.databases import connected
from shared.contracts.codec import type_names_of
from shared.contracts.talent.register import PersonsMerged, PersonsSplit


@dataclass(frozen=True, slots=True)
class Entries:
    """A person's entries of the register.

    Attributes:
        standing: the one that stands for them.
        all: these ids, in their order.
    """

    standing: UUID
    all: tuple[UUID, ...]


async def entries_of(person_id: UUID) -> Entries:
    """The entries of whoever an entry is of, as talent has them now; of somebody unknown their own id.

    Raises:
        Unmet: talent's store cannot be read.
    """
    async with connected("talent") as store:
        rows = await store.fetch(_MERGED, type_names_of(PersonsMerged, PersonsSplit))
    into = {row["person_id"]: row["into_person_id"] for row in rows if row["into_person_id"] is not None}
    standing = _standing(person_id, into)
    return Entries(standing, tuple(sorted({standing, *(one for one in into if _standing(one, into) == standing)})))


def _standing(entry: UUID, into: Mapping[UUID, UUID]) -> UUID:
    while entry in into:
        entry = into[entry]
    return entry


# Of each entry the last that was said of it: merged, and into which, or split again, which names none.
_MERGED = """
select distinct on (stream) substr(stream, length('person-') + 1)::uuid as person_id,
    (convert_from(record, 'UTF8')::jsonb ->> 'into_person_id')::uuid as into_person_id
from event where type = any($1) order by stream, version desc
"""
