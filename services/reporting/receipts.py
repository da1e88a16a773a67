"""A receipt: which figures left this place, on paper or in a file, by a short code.

It keeps what the figures were worked out from, and a hash of them; never the figures. So they are worked out again from
the same events, judged at the same moment, and are the same or not.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic_core import to_json

from services.reporting import codes
from services.reporting.known import Known
from services.reporting.seeing.scope import EVERYTHING, Scope, current
from shared.contracts import canonical

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Figures:
    """What a receipt is of.

    Attributes:
        model: whose rows: a report, or a page.
        filters: what was asked for: `school`, and columns with their values.
        as_of: as it was asked for; None is the present.
        judged_at: the moment that they were judged at.
        scope: whose rows they are of: not everybody sees the same.
    """

    model: str
    filters: Mapping[str, str]
    as_of: str | None
    known: Known
    judged_at: datetime
    scope: Scope = EVERYTHING


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt, as it is kept."""

    code: str
    figures: Figures
    row_count: int
    sha256: str
    made_at: datetime


def schema(app_role: str) -> str:
    """The table of receipts, and what the application's role may do with it."""
    text = Path(__file__).with_name("schema_receipts.sql").read_text(encoding="utf-8")
    return text.replace("{app}", f'"{app_role}"')


def digest(rows: Sequence[Row]) -> str:
    """The SHA-256 of rows, in hexadecimal: of their JSON, as an export has it, in its canonical form (RFC 8785)."""
    return sha256(canonical.dumps(json.loads(to_json(rows), parse_float=_number))).hexdigest()


def _number(text: str) -> int | float:
    """RFC 8785 writes 2.0 as 2."""
    number = float(text)
    return int(number) if number.is_integer() else number


async def make(pool: Any, figures: Figures, rows: Sequence[Row], now: datetime) -> Receipt:
    """A receipt of rows that are being given out, kept under a code of its own."""
    hashed = await asyncio.to_thread(digest, rows)
    while True:
        receipt = Receipt(codes.new(), figures, len(rows), hashed, now)
        if await _keep(pool, receipt):
            return receipt


async def _keep(pool: Any, receipt: Receipt) -> bool:
    """Whether the code was free."""
    figures = receipt.figures
    return bool(
        await pool.fetchval(
            "insert into receipt"
            " (code, model, filters, as_of, position, indexes, judged_at, row_count, sha256, made_at, trustuid, urns)"
            " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict do nothing returning true",
            receipt.code,
            figures.model,
            json.dumps(dict(figures.filters)),
            figures.as_of,
            json.dumps(dict(figures.known.position)),
            json.dumps(dict(figures.known.indexes)),
            figures.judged_at,
            receipt.row_count,
            receipt.sha256,
            receipt.made_at,
            figures.scope.trustuid,
            None if figures.scope.urns is None else sorted(figures.scope.urns),
        )
    )


async def find(conn: Any, code: str) -> Receipt | None:
    """The receipt of a code as somebody typed it; None when there is none that whoever asks may see."""
    row = await conn.fetchrow("select * from receipt where code = $1", codes.read(code))
    if row is None:
        return None
    figures = Figures(
        row["model"],
        json.loads(row["filters"]),
        row["as_of"],
        Known(json.loads(row["position"]), json.loads(row["indexes"])),
        row["judged_at"],
        Scope(row["trustuid"], None if row["urns"] is None else frozenset(row["urns"])),
    )
    if not current().covers(figures.scope):
        return None
    return Receipt(row["code"], figures, row["row_count"], row["sha256"], row["made_at"])
