"""The sealing: while its process leads, it signs what is numbered, about once a second, beside everything else.

It holds no lock that appending, numbering or publishing want. What it signs follows from the log alone and is the same
whoever signs it, so two that believe to lead do no harm; the table has one root for a size.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from shared.clock import Clock
from shared.messaging import Cluster
from shared.runtime import Ticking
from shared.sealing.note import Noted, Signer
from shared.sealing.outlet import CheckpointFile, Outlet
from shared.sealing.stored import Checkpoint, Missing, Tree
from shared.sealing.tree import CompactRange, Stored, consistency, roots_of
from shared.sequencer import Sequencer
from shared.vault import Vault

log = structlog.get_logger()

every_seconds = 1.0
at_once = 10_000
_hashed_at_once = 500  # about a millisecond of hashing, between which requests are served


class Refusal(Exception):
    """Why nothing is signed, as a sentence for who operates this."""


@dataclass(slots=True)
class State:
    """What a health check and the metrics want to know of the sealing."""

    refused: str | None = None
    last_turn: float = field(default_factory=time.monotonic)


class Sealing:
    """A part of a writer: seals its log. Without the lease, it only waits.

    Args:
        sequencer: whose process leads, and knows whether the log is whole.
        origin: the log's name, which is the key's as well.
        directory: where checkpoints and the verifier key are kept as files, if anywhere.
    """

    def __init__(
        self, sequencer: Sequencer, vault: Vault, clock: Clock, cluster: Cluster, origin: str, directory: Path | None
    ) -> None:
        service, pool = sequencer.store.service, sequencer.store.pool
        self.service = service
        self.sequencer = sequencer
        self.tree = Tree(pool)
        self.state = State()
        self._vault = vault
        self._clock = clock
        self._origin = f"{origin}/{service}"
        self._directory = directory
        self._file = None if directory is None else CheckpointFile(directory / f"{service}.txt")
        self._outlet = Outlet(service, pool, cluster, self._file)
        self._ticking = Ticking(self.turn)
        self._sealed_at = -every_seconds

    async def signer(self) -> Signer:
        """Who signs this log."""
        return Signer(self._origin, await self._vault.signing_key("checkpoints"))

    async def start(self) -> None:
        """Leave the verifier key for operators, and begin in the background."""
        if self._directory is not None:
            key = (await self.signer()).verifier_key
            await asyncio.to_thread(_write_key, self._directory / f"{self.service}.key", key)
        await self._ticking.start()

    async def stop(self) -> None:
        """Stop at once: what was under way is found again."""
        await self._ticking.stop()
        await self._outlet.close()

    async def turn(self) -> None:
        """Seal and publish what there is, if this process leads a log that is known to be whole."""
        self.state.last_turn = time.monotonic()
        if not self.sequencer.state.whole:
            return
        while await self._seal():
            self.state.last_turn = time.monotonic()
        await self._outlet.publish()

    async def _seal(self) -> bool:
        """Sign the next checkpoint, if it is time; whether there is more to seal."""
        last, end = await self.tree.standing()
        unsealed = end - (last.size if last else 0)
        waits = time.monotonic() < self._sealed_at + every_seconds
        if self.state.refused is None and (unsealed == 0 or (waits and unsealed > 0)):
            return False
        try:
            tree = await self._extended(last, end)
        except (Refusal, Missing, ValueError) as why:
            self._refuse(str(why))
            return False
        self.state.refused = None
        more = await self._sign(last, tree) and tree.size < end
        if not more:
            self._sealed_at = time.monotonic()
        return more

    async def _extended(self, last: Checkpoint | None, end: int) -> CompactRange:
        """The tree over the next events, consistent with everything that was signed; its new nodes are stored.

        Raises:
            Refusal, Missing: the log is not the one that was signed before.
        """
        kept, size = await self._kept(), last.size if last else 0
        signed = max(size, kept.size if kept else 0)
        if end < signed:
            raise Refusal(_cut_off(signed, end))
        end = min(end, size + at_once)
        if size < signed:  # sealed again at the very size that was kept, so that the roots are compared
            end = min(end, signed)
        tree, hashes = await self.tree.compact_range(size, end)
        if last is not None and tree.root != last.root:
            raise Refusal(_altered(size))
        await self._extend(tree, hashes)
        await self._check(last, kept, tree)
        return tree

    async def _kept(self) -> Noted | None:
        """The newest checkpoint of this log in the file, which no restored database takes back."""
        kept = await asyncio.to_thread(self._file.newest) if self._file else None
        return kept if kept is not None and kept.origin == self._origin else None

    async def _extend(self, tree: CompactRange, hashes: Sequence[bytes]) -> None:
        complete = list[Stored]()
        for at in range(0, len(hashes), _hashed_at_once):
            complete += tree.extend(hashes[at : at + _hashed_at_once])
            await asyncio.sleep(0)
        if complete:
            await self.tree.keep(complete)

    async def _check(self, last: Checkpoint | None, kept: Noted | None, tree: CompactRange) -> None:
        """Prove from what is stored that the tree began as the last one: what cannot be proven is not signed."""
        if kept is not None and kept.size == tree.size and kept.root != tree.root:
            raise Refusal(_altered(kept.size))
        if last is not None and last.size < tree.size:
            proof = await self.tree.roots(consistency(last.size, tree.size))
            if roots_of(last.size, tree.size, last.root, proof) != (last.root, tree.root):
                raise Refusal(_altered(last.size))

    async def _sign(self, last: Checkpoint | None, tree: CompactRange) -> bool:
        """Sign and keep the checkpoint, unless another one leads by now or was quicker."""
        if last is not None and last.size == tree.size:
            return False
        note = (await self.signer()).note(tree.size, tree.root)
        return bool(
            await self.tree.pool.fetchval(
                """insert into checkpoint (size, root, sealed_at, note)
                   select $1, $2, $3, $4 from lease
                   where epoch = $5 and $6 = (select coalesce(max(size), 0) from checkpoint)
                   on conflict do nothing returning true""",
                tree.size,
                tree.root,
                self._clock.now(),
                note,
                self.sequencer.state.epoch,
                last.size if last else 0,
            )
        )

    def _refuse(self, why: str) -> None:
        if self.state.refused != why:
            log.critical("sealing_refused", service=self.service, reason=why)
        self.state.refused = why


def _cut_off(signed: int, end: int) -> str:
    return (
        f"a checkpoint of {signed} events was signed, and this log ends after {end}: the events {end} to {signed - 1} "
        "are missing. The store was restored from an older backup, or its end was removed: restore a newer one."
    )


def _altered(size: int) -> str:
    return (
        f"the first {size} events do not have the root any more that was signed for them: an event's hash or a node of "
        "the tree was changed. `baton audit verify` says which; restore the store from a backup that was not altered."
    )


def _write_key(path: Path, key: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{key}\n", encoding="utf-8")
