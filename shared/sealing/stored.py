"""What is stored of a service's tree: the hashes of its events, its nodes and its checkpoints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import asyncpg

from shared.sealing.tree import CompactRange, Leaves, Stored, Subtree, folded, leaf_hash, root_of, tile_width

hash_bytes = 32


def schema(app_role: str) -> str:
    """The tables of the tree, and what the application's role may do with them."""
    text = Path(__file__).with_name("schema_1.sql").read_text(encoding="utf-8")
    return text.replace("{app}", f'"{app_role}"')


class Missing(LookupError):
    """A hash that a tree of this size is made of is not stored; the message says which."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree that was signed: how many events it is over, and their root."""

    size: int
    root: bytes
    sealed_at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Tree:
    """One service's tree.

    Args:
        pool: connections to its store, or one.
    """

    pool: asyncpg.Pool | asyncpg.Connection

    async def standing(self) -> tuple[Checkpoint | None, int]:
        """The newest checkpoint, None where nothing was sealed yet, and how many events have a log index."""
        [row] = await self.pool.fetch(_standing)
        end, *newest = row
        return None if newest[0] is None else Checkpoint(*newest), end

    async def newest(self) -> Checkpoint | None:
        """The newest checkpoint; None where nothing was sealed yet."""
        row = await self.pool.fetchrow("select size, root, sealed_at, note from checkpoint order by size desc limit 1")
        return None if row is None else Checkpoint(*row)

    async def checkpoints(self, start: int, limit: int) -> list[Checkpoint]:
        """Checkpoints in their order, from a size on."""
        rows = await self.pool.fetch(
            "select size, root, sealed_at, note from checkpoint where size >= $1 order by size limit $2", start, limit
        )
        return [Checkpoint(*row) for row in rows]

    async def compact_range(self, size: int, end: int) -> tuple[CompactRange, list[bytes]]:
        """The tree over the first events, made again from what is stored, and the hashes of the events up to `end`.

        The last 1 to 256 leaves are read even where they are a stored node: a log that was cut off and has grown again
        has another event there.

        Raises:
            Missing: something is not there.
        """
        last = max(size - 1, 0) // tile_width * tile_width
        subtrees = Leaves(0, last).subtrees
        *nodes, hashes = await self._hashes([*(_nodes(subtree) for subtree in subtrees), (0, range(last, end))])
        tree = CompactRange(last, [folded(hashes) for hashes in nodes])
        tree.extend(hashes[: size - last])
        return tree, hashes[size - last :]

    async def roots(self, parts: Sequence[Leaves]) -> list[bytes]:
        """The root over each of some adjacent leaves: what a proof consists of.

        Raises:
            Missing: something is not there.
        """
        subtrees = [subtree for part in parts for subtree in part.subtrees]
        found = dict(zip(subtrees, await self._roots(subtrees), strict=True))
        return [root_of([found[subtree] for subtree in part.subtrees]) for part in parts]

    async def keep(self, nodes: Sequence[Stored]) -> None:
        """Store nodes, in one statement. They follow from the log alone, so one that is there already is the same."""
        await self.pool.execute(
            "insert into merkle_node (level, number, hash)"
            " select * from unnest($1::smallint[], $2::bigint[], $3::bytea[]) on conflict do nothing",
            [node.level for node in nodes],
            [node.number for node in nodes],
            [node.hash for node in nodes],
        )

    async def _roots(self, subtrees: Sequence[Subtree]) -> list[bytes]:
        found = await self._hashes([_nodes(subtree) for subtree in subtrees])
        return [
            folded(hashes if subtree.level else [leaf_hash(one) for one in hashes])
            for subtree, hashes in zip(subtrees, found, strict=True)
        ]

    async def _hashes(self, wanted: Sequence[tuple[int, range]]) -> list[list[bytes]]:
        """Neighbours on a level each, in one statement: nodes, or on level 0 the hashes of events."""
        rows = await self.pool.fetch(
            _hashes,
            [level for level, _ in wanted],
            [numbers.start for _, numbers in wanted],
            [numbers.stop for _, numbers in wanted],
        )
        found = {row["nth"]: row["hashes"] for row in rows}
        return [_cut(found.get(nth, b""), *one) for nth, one in enumerate(wanted, start=1)]


def _nodes(subtree: Subtree) -> tuple[int, range]:
    return subtree.level, subtree.nodes


def _cut(joined: bytes, level: int, numbers: range) -> list[bytes]:
    if len(joined) != hash_bytes * len(numbers):
        what = f"nodes of level {level}" if level else "events"
        there = len(joined) // hash_bytes
        raise Missing(f"of the {what} {numbers.start} to {numbers.stop - 1} only {there} are there")
    return [joined[at : at + hash_bytes] for at in range(0, len(joined), hash_bytes)]


_standing = """
select (select coalesce(max(logindex) + 1, 0) from log), newest.*
from (values (1)) as one
left join (select size, root, sealed_at, note from checkpoint order by size desc limit 1) as newest on true
"""
_hashes = """
with asked as (
    select * from unnest($1::int[], $2::bigint[], $3::bigint[]) with ordinality a(level, first, stop, nth)
), found as (
    select nth, number, hash from asked join merkle_node using (level) where number >= first and number < stop
    union all
    select nth, logindex, hash from asked join log on asked.level = 0 and logindex >= first and logindex < stop
    join event using (position)
)
select nth, string_agg(hash, ''::bytea order by number) as hashes from found group by nth
"""
