"""`posts`: the posts that must not stay empty, and who holds them; co-heads stand in one line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from deploy.imports.reading import A_CODE, A_REFERENCE, CODE, REFERENCE, URN, Claim, Kind, Origin, once, present
from deploy.table import Row

_HOLDER = re.compile(rf"(?P<ref>{REFERENCE.pattern}?)(\s*=\s*(?P<share>[1-9][0-9]?|100)\s*%?)?")
_LIST = re.compile(r"[;\s]+")


def _read(rows: Sequence[Row], origin: Origin) -> Sequence[Sequence[Claim]]:
    return [[_post(row, origin) for row in once(rows, lambda row: row.raw("post_ref"), "post_ref")]]


def _post(row: Row, origin: Origin) -> Claim:
    post_ref, since = row.matching("post_ref", REFERENCE, A_REFERENCE), row.day("since")
    urns = [urn for urn in _LIST.split(row.raw("urns")) if urn]
    if not all(map(URN.fullmatch, urns)):
        row.wrong("urns", "are not URNs of six digits with ; between them")
    data = present(
        post_id=str(origin.named("post", post_ref)),
        trustuid=origin.trustuid,
        urns=urns,
        post_type=row.matching("post_type", CODE, A_CODE),
        incumbents=_incumbents(row, origin, since),
        expected_vacancy_on=row.optional_day("expected_vacancy_on"),
        registered_on=since,
    )
    return Claim(service="talent", type="CriticalPostRegistered", data=data, line=row.line)


def _incumbents(row: Row, origin: Origin, since: str) -> list[dict[str, Any]]:
    """`S-104` holds the post alone; `S-104=60; S-17=40` share it, in hundredths."""
    held = [part.strip() for part in row.raw("incumbents").split(";") if part.strip()]
    found = [_HOLDER.fullmatch(part) for part in held]
    if not all(found):
        row.wrong("incumbents", "are not staff references such as S-104, or with shares S-104=60; S-17=40")
    return [
        {
            "person_id": {"source": origin.system(row), "staff_ref": one["ref"]},
            "share_hundredths": int(one["share"] or 100),
            "from_on": since,
            "interim": row.yes("interim"),
        }
        for one in found
        if one
    ]


posts = Kind(
    "posts",
    ("post_ref", "post_type", "since"),
    ("urns", "incumbents", "interim", "expected_vacancy_on", "source"),
    _read,
)
