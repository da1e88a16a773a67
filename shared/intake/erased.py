"""Who was erased is named in nothing that is kept beside history: neither in what is refused nor in what waits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from shared.decider import Rejected
from shared.intake.keeping import Came
from shared.intake.naming import Named, named_in_came
from shared.intake.people import People, StaffReference
from shared.intake.reading import Item
from shared.intake.senders import Said, Sender
from shared.vault import Vault

ERASED = Rejected("person_erased", "This person's data was erased; nothing of this is recorded or kept.")


@dataclass(frozen=True, slots=True)
class ErasedPeople:
    """Finds what names somebody who was erased: whose key is fenced, which is done before anything is cleared.

    Args:
        people: knows whom a school's own system means by its number.
        trusts_of: the trusts that schools belong to.
    """

    vault: Vault
    people: People
    trusts_of: Callable[[Collection[str]], Awaitable[Mapping[str, str]]]

    async def named_in(self, said: Sequence[Said]) -> set[int]:
        """Which of these name one of them, by their places. In what is no JSON nothing but an id is known for one."""
        if not said:
            return set()
        trusts = await self._trusts({sender for sender, _ in said})
        named = [_named(item) for _, item in said]
        references = [
            {StaffReference(trusts[sender], *reference) for reference in one.references}
            for (sender, _), one in zip(said, named, strict=True)
        ]
        known = await self.people.meant_by(frozenset().union(*references))
        people = [
            one.ids | {known[reference] for reference in asked if reference in known}
            for one, asked in zip(named, references, strict=True)
        ]
        erased = await self._erased(frozenset().union(*people))
        return {place for place, ids in enumerate(people) if not ids.isdisjoint(erased)}

    async def _trusts(self, senders: Collection[Sender]) -> Mapping[Sender, str]:
        homeless = {sender.origin for sender in senders if not sender.trustuid}
        found = await self.trusts_of(homeless) if homeless else {}
        return {sender: sender.trustuid or found.get(sender.origin, "") for sender in senders}

    async def _erased(self, ids: Collection[UUID]) -> frozenset[UUID]:
        found = await self.vault.existing_keys([f"person:{id_}" for id_ in ids]) if ids else None
        return frozenset(UUID(subject.partition(":")[2]) for subject in found.erased) if found else frozenset()


def _named(item: Item) -> Named:
    return named_in_came(item.came or Came({}, getattr(item, "data", {})))
