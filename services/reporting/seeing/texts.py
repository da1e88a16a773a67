"""Personal texts in clear, for those who may read them, at the moment in which a page is made.

What stands in the ledger and in the read models stays sealed. The keys come from the vault, all that a page needs in
one question, and are remembered there for a minute at most: so long after an erasure a text can still be read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import asyncpg
import structlog
from cryptography.exceptions import InvalidTag

from services.reporting.seeing.rights import can
from services.reporting.signing_in.sessions import Person
from shared.contracts import codec
from shared.identity import Deed
from shared.vault import ErasedSubjectError, Keys, LostKeyError, MasterKeyError

log = structlog.get_logger()

ERASED = "This text was erased."
LOST = (
    "This text cannot be read: its key is missing, and nobody erased it. Whoever runs this platform may have it in a "
    "backup (key_lost)."
)
WRONG = (
    "This text cannot be read: the master key of this platform does not open its key. Whoever runs it has to put "
    "the right one back (master_key_wrong)."
)
UNREADABLE = "This text cannot be read: what is stored of it was changed or damaged (text_unreadable)."
NOT_NOW = "This text cannot be shown at the moment: open this page again in a minute."


@dataclass(frozen=True, slots=True)
class Sealed:
    """A text of an event, and the place where it stands.

    Attributes:
        token: what stands for it in the record.
        field: the event's.
        urn: the school that it is of; None: the trust's own.
        person_id: whose it is; None for a text without a single subject, which has its stream's key.
    """

    token: str
    stream: str
    event_id: UUID
    field: str
    trustuid: str
    urn: str | None = None
    person_id: UUID | None = None

    @property
    def subject(self) -> str:
        """Whose key it is sealed with, as the codec names them."""
        return f"person:{self.person_id}" if self.person_id else f"stream:{self.stream}"


class KeyHolder(Protocol):
    """What the vault is asked for."""

    async def existing_keys(self, subjects: Iterable[str], /) -> Keys: ...


class Texts:
    """Opens texts."""

    def __init__(self, vault: KeyHolder) -> None:
        self._vault = vault

    async def open(
        self, person: Person | None, sealed: Iterable[Sealed], deed: Deed = "read_texts"
    ) -> Mapping[Sealed, str]:
        """The texts that this person may read; the others are left out.

        What was erased says so, what lost its key, and what cannot be opened: without the vault a page still has its
        figures.

        Args:
            deed: `reveal` for what is recorded as shown to them.
        """
        allowed = [one for one in sealed if can(person, deed, trustuid=one.trustuid, urn=one.urn)]
        keys = await self._keys(allowed)
        return {one: keys if isinstance(keys, str) else _opened(one, keys) for one in allowed}

    async def erased(self, sealed: Iterable[Sealed]) -> Mapping[Sealed, str]:
        """Those of these texts that were erased, with what stands in their place: whoever looks, there is nothing."""
        every = [*sealed]
        keys = await self._keys(every)
        return {one: ERASED for one in every if not isinstance(keys, str) and one.subject in keys.erased}

    async def _keys(self, sealed: Collection[Sealed]) -> Keys | str:
        """What opens these texts; or, while nothing does, what stands in the place of each."""
        try:
            return await self._vault.existing_keys({one.subject for one in sealed}) if sealed else Keys({})
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as fault:
            log.warning("texts_not_opened", error=type(fault).__name__)
            return NOT_NOW
        except MasterKeyError as wrong:
            log.warning("texts_not_opened", error=wrong.code)
            return WRONG


def _opened(sealed: Sealed, keys: Keys) -> str:
    place = codec.place(sealed.stream, str(sealed.event_id), sealed.field)
    try:
        return keys.open(sealed.subject, sealed.token, place)
    except ErasedSubjectError:
        return ERASED
    except LostKeyError:
        return LOST
    except (InvalidTag, ValueError) as fault:
        log.warning("text_unreadable", stream=sealed.stream, event_id=str(sealed.event_id), error=type(fault).__name__)
        return UNREADABLE
