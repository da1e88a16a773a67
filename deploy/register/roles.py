"""The table of system leadership roles: an area's count of each scheme, or the reason why it is not known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from deploy.register.reading import Ask, Payload, Reading, reading
from deploy.table import TEXT_LENGTH, Problem, Row, Source, read_table

_COLUMNS = ("area", "role", "scheme", "count", "not_known_reason", "schools_sponsored")


def read_roles(source: Source, *, trustuid: str, as_at: date) -> Reading:
    """What the table asks for.

    Args:
        source: the table; its column `source` is for people and not read.
        trustuid: the trust in whose register the counts are declared.
        as_at: the day for which the table holds, which it does not say itself.
    """
    table = read_table(source, _COLUMNS)
    return reading([*table.problems, *_asked(table.rows, trustuid, as_at)])


def _asked(rows: tuple[Row, ...], trustuid: str, as_at: date) -> Iterator[Ask | Problem]:
    seen: set[tuple[str, str]] = set()
    for row in rows:
        area, scheme = row.text("area"), row.text("scheme")
        payload: Payload = {
            "trustuid": trustuid,
            "area": area,
            "scheme": scheme,
            "role": row.text("role"),
            "count": row.number("count"),
            "not_known_reason": row.optional("not_known_reason", most=TEXT_LENGTH),
            "schools_sponsored": row.number("schools_sponsored"),
            "as_at": as_at.isoformat(),
        }
        if bool(row.raw("count")) == bool(payload["not_known_reason"]):
            row.wrong("count", "needs a number, or an empty cell and a reason why it is not known")
        if (area.casefold(), scheme.casefold()) in seen:
            row.wrong("scheme", "stands in the file more than once for this area: the first line counts")
        seen.add((area.casefold(), scheme.casefold()))
        if row.problems:
            yield from row.problems
        else:
            yield Ask(command="DeclareRoleCount", payload=payload, file=row.file, line=row.line)
