"""What auditors ask of a writer over HTTP: its key, its checkpoints, and proofs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from deploy.door import Door, Refused
from deploy.doors import doors
from deploy.errors import Unmet
from deploy.settings import StackSettings
from deploy.tokens import development_token
from shared.identity import Principal
from verifier.checkpoint import Checkpoint
from verifier.note import Key, MalformedError, from_base64
from verifier.proof import Proof

_LASTS = timedelta(hours=1)
_ANY_TRUST = "platform"  # proofs hold nothing of a trust's


class Log:
    """A writer's log, as its door shows it."""

    def __init__(self, door: Door) -> None:
        self.service = door.service
        self._door = door

    async def key(self) -> Key:
        """The key that it says is its own."""
        return Key.of((await self._text("/checkpoints/key")).strip())

    async def latest(self) -> Checkpoint | None:
        """Its newest checkpoint; None where nothing was sealed yet."""
        try:
            return Checkpoint.of(await self._text("/checkpoints/latest"))
        except Refused as refused:
            if refused.code == "not_sealed_yet":
                return None
            raise

    async def inclusion(self, logindex: int, checkpoint: Checkpoint) -> Proof:
        """That an event is among those of a checkpoint."""
        found = await self._door.ask("GET", "/proofs/inclusion", params={"logindex": logindex, "size": checkpoint.size})
        return Proof(logindex, tuple(map(from_base64, found["hashes"])), checkpoint)

    async def consistency(self, old: int, new: int) -> list[bytes]:
        """That its first `old` events are still the first of `new`."""
        found = await self._door.ask("GET", "/proofs/consistency", params={"from": old, "to": new})
        return list(map(from_base64, found["hashes"]))

    async def _text(self, path: str) -> str:
        return str(await self._door.ask("GET", path))


@asynccontextmanager
async def logs(
    addresses: Sequence[str], token: str | None, waiting: Callable[[str], None]
) -> AsyncIterator[dict[str, Log]]:
    """The logs at these addresses, or of this stack, by service.

    Args:
        token: says who asks; without one a development token of this stack does.

    Raises:
        Unmet: an address is none of a writer, there is no token, or what is answered is not what it should be.
    """
    if token is None:
        auditor = Principal("auditor", frozenset({"auditor"}), _ANY_TRUST)
        token = development_token(StackSettings(), auditor, lasts=_LASTS)
    async with doors(addresses, {"authorization": f"Bearer {token}"}, waiting) as found:
        try:
            yield {service: Log(door) for service, door in found.doors.items()}
        except MalformedError as broken:
            raise Unmet(f"A service answered what is not in the format of c2sp.org: {broken}.") from None
