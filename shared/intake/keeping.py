"""What was refused: its bytes, kept sealed for a while, so that somebody can see what a school's system really sends.

Who sends over HTTP has the answer at once, and the bytes; what came over Kafka is deleted from its topic. Of both the
same is kept, once for the same bytes, and only as much as a claim may have.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.contracts import canonical
from shared.eventstore import CommandKey
from shared.eventstore.store import Pool
from shared.vault import Vault

longest_kept = timedelta(days=30)
most_of_an_origin = 1_000
most_bytes = 256 * 1024
_opened_at_once = 50
_content_type = "content-type"


@dataclass(frozen=True, slots=True)
class Came:
    """Something as it came in: its headers and its body.

    Attributes:
        body: bytes, or what stood in an event's place in a batch that could be read.
    """

    headers: Mapping[str, str]
    body: Any

    def content(self) -> bytes:
        """What is kept of it. Of the headers those that make up a claim: never what somebody proved themselves with."""
        body = self.body if isinstance(self.body, bytes) else canonical.dumps(self.body)
        claims = {n: text for n, text in self.headers.items() if n[:3] in ("ce-", "ce_") or n == _content_type}
        return json.dumps({"headers": claims, "body": b64encode(body[:most_bytes]).decode()}).encode()


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that was refused under a key, with a code."""

    key: CommandKey
    code: str
    came: Came


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of something refused. `body` is at most its first 256 KiB."""

    key: CommandKey
    code: str
    kept_at: datetime
    headers: Mapping[str, str]
    body: bytes


async def keep(pool: Pool, vault: Vault, refused: Sequence[Refused], now: datetime) -> None:
    """Keep what was refused, in one statement; the same bytes under the same key are there already."""
    if not refused:
        return
    contents = [one.came.content() for one in refused]
    await pool.execute(
        """insert into kept_claim (origin, source, id, fingerprint, code, sealed, kept_at)
           select *, $7 from unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::text[], $6::bytea[])
           on conflict do nothing""",
        [one.key.origin for one in refused],
        [one.key.source for one in refused],
        [one.key.id for one in refused],
        [vault.fingerprint(content) for content in contents],
        [one.code for one in refused],
        [vault.seal_bytes(content, _place(one.key)) for one, content in zip(refused, contents, strict=True)],
        now,
    )


async def kept(connection: Any, vault: Vault, event_id: str) -> list[Kept]:
    """What is kept under an event's id (of whatever origin and source), the newest first."""
    rows = await connection.fetch("select * from kept_claim where id = $1 order by kept_at desc", event_id)
    return [_opened(row, vault) for row in rows]


async def forget_old(pool: Pool, now: datetime) -> None:
    """Forget what was kept for long enough, and of each origin what is more than it may fill."""
    await pool.execute(
        """delete from kept_claim where ctid in (
             select ctid from (
               select ctid, kept_at, row_number() over (partition by origin order by kept_at desc) as place
               from kept_claim
             ) k where kept_at < $1 or place > $2)""",
        now - longest_kept,
        most_of_an_origin,
    )


async def forget_those(pool: Pool, vault: Vault, those: Callable[[Kept], bool]) -> list[CommandKey]:
    """Forget what is kept of some; under which keys it was."""
    async with pool.acquire() as connection, connection.transaction():
        rows = connection.cursor("select * from kept_claim", prefetch=_opened_at_once)
        forgotten = [
            (row["origin"], row["source"], row["id"], row["fingerprint"])
            async for row in rows
            if those(_opened(row, vault))
        ]
        await connection.executemany(
            "delete from kept_claim where (origin, source, id, fingerprint) = ($1, $2, $3, $4)", forgotten
        )
    return [CommandKey(*key) for *key, _ in forgotten]


def _opened(row: Any, vault: Vault) -> Kept:
    key = CommandKey(row["origin"], row["source"], row["id"])
    content = json.loads(vault.open_bytes(row["sealed"], _place(key)))
    return Kept(key, row["code"], row["kept_at"], content["headers"], b64decode(content["body"]))


def _place(key: CommandKey) -> str:
    return f"kept\n{key.origin}\n{key.source}\n{key.id}"
