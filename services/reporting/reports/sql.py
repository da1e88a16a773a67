"""SQL stands in files: a report's beside it with the same name, what pages ask besides in folders of their own.

What several reports begin with has a file of its own; a line that is its name as a comment stands for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from services.reporting.seeing.scope import current

_here = Path(__file__).parent
_another = re.compile(r"^-- (\w+)\.sql$", re.MULTILINE)


class Connection(Protocol):
    """What a report needs of a connection: asyncpg's, or a pool's."""

    async def fetch(self, query: str, *args: object) -> Sequence[Mapping[str, Any]]: ...


async def fetch(conn: Connection, name: str, *arguments: object) -> list[dict[str, Any]]:
    """The rows of `<name>.sql`, each a dict in the order of its columns."""
    return [dict(row) for row in await conn.fetch(statement(name), *arguments)]


async def urns(conn: Connection, school: str | None) -> list[str] | None:
    """Every URN that a school has gone by, as far as whoever asks sees it. None asks for all schools that they see.

    Raises:
        Problem: they see no such school (`school_unknown`).
    """
    return current().narrowed(None if school is None else await family(conn, [school]))


async def family(conn: Connection, schools: Sequence[str]) -> list[str]:
    """Every URN that these schools have gone by, theirs first: a school's history follows the links between them."""
    return [*schools, *(row["urn"] for row in await fetch(conn, "urns", schools))]


@cache
def statement(name: str, folder: Path = _here) -> str:
    """The statement of `<name>.sql`: a report's, or of another folder. A file is read once."""
    return complete((folder / f"{name}.sql").read_text(encoding="utf-8"))


def complete(text: str) -> str:
    """A statement with the files that it names: those of the reports."""
    return _another.sub(lambda named: statement(named[1]), text)
