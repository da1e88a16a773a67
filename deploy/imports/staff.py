"""`staff`: who works or serves where, since when, as what; one line an engagement."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from deploy.imports.reading import A_CODE, A_REFERENCE, A_URN, CODE, REFERENCE, URN, Claim, Kind, Origin, once, present
from deploy.table import Row

KINDS = ("permanent", "fixed_term", "supply", "trainee", "contractor", "governor", "trustee", "volunteer")


def _read(rows: Sequence[Row], origin: Origin) -> Sequence[Sequence[Claim]]:
    people: dict[tuple[str, str], tuple[int, str]] = {}
    registered, engaged, managed = [], [], []
    for row in once(rows, lambda row: tuple(map(row.raw, _KEY)), "staff_ref"):
        person, name = origin.person(row), row.text("name")
        key = person["source"], person["staff_ref"]
        first, known_name = people.setdefault(key, (row.line, name))
        if first == row.line:
            registered.append(_registered(row, origin, person, name))
        elif name != known_name:
            row.wrong("name", f"is not the name that line {first} gives this staff_ref")
        engagement = _engaged(row, origin, person)
        engaged.append(engagement)
        if row.raw("manager"):
            manager = {**person, "staff_ref": row.matching("manager", REFERENCE, A_REFERENCE)}
            data = {"person_id": person, "manager_id": manager, "from_on": engagement.data["started_on"]}
            managed.append(Claim(service="talent", type="LineManagerAssigned", data=data, line=row.line))
    return registered, engaged, managed


def _registered(row: Row, origin: Origin, person: dict[str, str], name: str) -> Claim:
    data = present(
        trustuid=origin.trustuid, **person, name=name, email=row.optional("email"), trn=row.raw("trn") or None
    )
    return Claim(service="talent", type="PersonRegistered", data=data, line=row.line)


def _engaged(row: Row, origin: Origin, person: dict[str, str]) -> Claim:
    urn = row.optional_matching("urn", URN, A_URN)
    kind, started_on = row.raw("kind").casefold().replace("-", "_").replace(" ", "_"), row.day("started_on")
    if kind not in KINDS:
        row.wrong("kind", f"is none of {', '.join(KINDS)}")
    data = present(
        person_id=person,
        engagement_id=str(origin.named("engagement", *person.values(), urn, kind, started_on)),
        urn=urn,
        kind=kind,
        role=row.matching("role", CODE, A_CODE),
        fte_hundredths=_hundredths(row),
        acting=row.yes("acting"),
        started_on=started_on,
    )
    return Claim(service="talent", type="EngagementStarted", data=data, line=row.line)


def _hundredths(row: Row) -> int:
    """The share of full time, which spreadsheets have as 0.8, in hundredths."""
    text = row.matching("fte", _SHARE, "a share of full time from 0 to 1 such as 0.8")
    return int(Decimal(text) * 100) if _SHARE.fullmatch(text) else 0


_SHARE = re.compile(r"0(\.[0-9]{1,2})?|1(\.0{1,2})?")
_KEY = ("source", "staff_ref", "urn", "kind", "started_on")
staff = Kind(
    "staff",
    ("staff_ref", "name", "kind", "role", "fte", "started_on"),
    ("source", "email", "trn", "urn", "acting", "manager"),
    _read,
)
