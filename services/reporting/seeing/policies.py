"""Whose rows a table holds, as Postgres itself enforces it: row-level security, generated with the table's DDL.

Pages are read as one of two roles that nobody logs in with. The reader of a trust sees the rows of the trust that
`baton.trust` names, the reader of schools of those the ones that its table says: of the schools in `baton.urns`, of the
people in `baton.people`. A setting that was forgotten is empty, and nothing is seen. Each stands in a subselect of its
own, which is asked once a statement and not once a row.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple


class Reader(NamedTuple):
    """A role to read as, and the schema in which it finds its ledger."""

    role: str
    schema: str


TRUST_READER = Reader("reporting_trust_reader", "of_trust")
SCHOOL_READER = Reader("reporting_school_reader", "of_schools")
NOBODY = "none"
"""What Postgres calls the role of a connection that has taken on none: whoever logged in."""

_trust = "trustuid = (select current_setting('baton.trust', true))"
_urns = "(select string_to_array(current_setting('baton.urns', true), ','))::text[]"
_people = "(select unnest(string_to_array(current_setting('baton.people', true), ',')::uuid[]))"


@dataclass(frozen=True, slots=True)
class Seen:
    """Which of a trust's rows the leaders of a school see, as SQL; `{schema}` stands for the table's own schema."""

    by_schools: str

    def __or__(self, other: Seen) -> Seen:
        return Seen(f"{self.by_schools} or {other.by_schools}")


shared = Seen("true")
"""With every school of the trust, by purpose."""
of_trust = Seen("false")
"""The trust's alone."""


def of_school(*columns: str) -> Seen:
    """Rows of the schools that any of these columns names."""
    return Seen(" or ".join(f'"{column}" = any({_urns})' for column in columns))


def of_any_school(column: str) -> Seen:
    """Rows whose column lists a school among others."""
    return Seen(f'"{column}" && {_urns}')


def of_person(column: str) -> Seen:
    """Rows about the people who work at a school."""
    return Seen(f'"{column}" in {_people}')


def shared_where(condition: str) -> Seen:
    """Shared with every school where this SQL holds."""
    return Seen(f"({condition})")


def with_the(table: str, column: str) -> Seen:
    """Rows whose column names one that is seen of another table of the same read model."""
    return Seen(f'"{column}" in (select "{column}" from "{{schema}}"."{table}")')  # noqa: S608  our names


def ddl(schema: str, table: str, seen: Seen | None) -> list[str]:
    """What makes a table's rows seen by the readers, and written by whoever makes it.

    Args:
        seen: None: no reader sees any.
    """
    name = f'"{schema}"."{table}"'
    statements = [
        f"alter table {name} enable row level security, force row level security",
        f"create policy kept on {name} to current_user using (true) with check (true)",
    ]
    if seen is not None:
        statements.append(
            f"create policy {TRUST_READER.schema} on {name} for select to {TRUST_READER.role} using ({_trust})"
        )
    if seen not in (None, of_trust):
        condition = seen.by_schools.format(schema=schema)
        using = f"{_trust} and ({condition})"
        statements.append(
            f"create policy {SCHOOL_READER.schema} on {name} for select to {SCHOOL_READER.role} using ({using})"
        )
    return statements


def grants(schema: str) -> list[str]:
    """What lets the readers into a schema: what they see there the policies say."""
    readers = f"{TRUST_READER.role}, {SCHOOL_READER.role}"
    return [
        f'grant usage on schema "{schema}" to {readers}',
        f'grant select on all tables in schema "{schema}" to {readers}',
    ]


def schema(app_role: str) -> str:
    """The readers, what the application's role may do as them, and what they see of the ledger and of receipts."""
    text = Path(__file__).with_name("schema_readers.sql").read_text(encoding="utf-8")
    fragments = {
        "{app_name}": app_role,
        "{app}": f'"{app_role}"',
        "{trust}": _trust,
        "{urns}": _urns,
        "{people}": _people.replace("uuid", "text"),
    }
    for fragment, sql in fragments.items():
        text = text.replace(fragment, sql)
    return text
