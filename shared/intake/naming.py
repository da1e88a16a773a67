"""Whom something names that came in: people by our ids, and by the numbers that schools' own systems know them by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from shared.intake.keeping import Came

Reference = tuple[str, str]
"""A system and its number for somebody."""


@dataclass(frozen=True, slots=True)
class Named:
    """Everybody whom something may name: each id in it may be a person's.

    Attributes:
        unread: what is no JSON, where a system's number for somebody cannot be told from anything else.
    """

    ids: frozenset[UUID] = frozenset()
    references: frozenset[Reference] = frozenset()
    unread: bytes = b""


def named_in(content: Any) -> Named:
    """Whom JSON content names."""
    found = list(_named(content))
    ids = frozenset(one for one in found if isinstance(one, UUID))
    return Named(ids, frozenset(one for one in found if not isinstance(one, UUID)))


def named_in_came(came: Came) -> Named:
    """Whom something names as it came in: its headers and its body, which may be no JSON at all."""
    headers, body = named_in(dict(came.headers)), _named_in_body(came.body)
    return Named(headers.ids | body.ids, headers.references | body.references, body.unread)


def _named_in_body(body: Any) -> Named:
    if not isinstance(body, bytes):
        return named_in(body)
    try:
        return named_in(orjson.loads(body))  # also what our stricter reading refuses
    except orjson.JSONDecodeError:
        return Named(frozenset(UUID(found.decode()) for found in _an_id.findall(body)), unread=body)


def _named(content: Any) -> Iterator[UUID | Reference]:
    left = [content]
    while left:
        match left.pop():
            case str() as text:
                yield from _id(text)
            case list() as several:
                left += several
            case dict() as fields:
                source, staff_ref = fields.get("source"), fields.get("staff_ref")
                if isinstance(source, str) and isinstance(staff_ref, str):
                    yield source, staff_ref
                left += fields.values()
            case _:
                pass


def _id(text: str) -> Iterator[UUID]:
    """An id in whatever form a claim may have it."""
    try:
        yield UUID(text)
    except ValueError:
        return


_an_id = re.compile(rb"[0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")
