"""A small store's history as its export, by the writer's own code: envelopes, records, hashes, lines, checkpoints."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import asyncpg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.exporting.history import as_line, line
from shared.contracts.envelope import Envelope, chain_hash, genesis
from shared.sealing.note import Signer
from shared.sealing.tree import CompactRange
from tests.contracts.goldens import golden
from verifier.checkpoint import Checkpoint
from verifier.note import Key

TYPES = (
    "uk.mat.collaboration.AgendaItemFeedbackGiven.v1",
    "uk.mat.collaboration.ActionAgreed.v1",
    "uk.mat.collaboration.ActionClosed.v1",
)
_RECORDS = [(type_name, golden(type_name)) for type_name in TYPES]
_STARTS = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


def rows(chance: random.Random, length: int, service: str = "collaboration") -> list[dict[str, Any]]:
    """What the writer's tables have of a history of so many events, in some streams, in log order."""
    heads: defaultdict[str, tuple[int, bytes]] = defaultdict(lambda: (0, genesis))
    made = []
    for logindex in range(length):
        stream = f"action-{chance.randrange(max(length // 5, 1))}"
        type_name, record = chance.choice(_RECORDS)
        version, previous = heads[stream][0] + 1, heads[stream][1]
        envelope = Envelope(
            id=UUID(int=chance.getrandbits(128)),
            type=type_name,
            service=service,
            stream=stream,
            version=version,
            time=_STARTS + timedelta(seconds=logindex),
            happened_at=_STARTS + timedelta(seconds=chance.randrange(length)),
            trustuid="99001",
            actor=f"somebody-{chance.randrange(9)}",
            correlation_id=str(UUID(int=chance.getrandbits(128))),
        )
        envelope = replace(
            envelope,
            causation_id=chance.choice([None, str(UUID(int=chance.getrandbits(128)))]),
            urn=chance.choice([None, "900001"]),
            chain_depth=chance.choice([0, 0, 1]),
        )
        meta = envelope.meta()
        hash_ = chain_hash(previous, meta, record)
        heads[stream] = (version, hash_)
        row = {"logindex": logindex, "stream": stream, "meta": meta, "record": record}
        made.append({**row, "prev_hash": previous, "hash": hash_})
    return made


def lines(rows: Sequence[dict[str, Any]]) -> list[bytes]:
    """The lines of their export."""
    return [as_line(line(cast("asyncpg.Record", row))) for row in rows]


def made_anew(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same rows with numbers, versions and hashes made anew, as somebody would who hides what they changed."""
    heads: defaultdict[str, tuple[int, bytes]] = defaultdict(lambda: (0, genesis))
    made = []
    for logindex, row in enumerate(rows):
        version, previous = heads[row["stream"]][0] + 1, heads[row["stream"]][1]
        meta = re.sub(rb'"streamversion":\d+', b'"streamversion":%d' % version, row["meta"])
        hash_ = chain_hash(previous, meta, row["record"])
        made.append({**row, "logindex": logindex, "meta": meta, "prev_hash": previous, "hash": hash_})
        heads[row["stream"]] = (version, hash_)
    return made


@dataclass(frozen=True, slots=True)
class Log:
    """A log's own key, and what is signed with it."""

    origin: str = "baton.local/collaboration"
    key: Ed25519PrivateKey = field(default_factory=lambda: Ed25519PrivateKey.from_private_bytes(bytes(range(32))))

    @property
    def verifier_key(self) -> Key:
        return Key.of(self._signer.verifier_key)

    def checkpoint(self, rows: Sequence[dict[str, Any]], size: int) -> Checkpoint:
        """What is signed of the first events."""
        tree = CompactRange()
        tree.extend(row["hash"] for row in rows[:size])
        return Checkpoint.of(self._signer.note(size, tree.root))

    @property
    def _signer(self) -> Signer:
        return Signer(self.origin, self.key)
