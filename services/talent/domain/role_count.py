"""A role count: how many system leaders of one scheme an area says it has, or why that is not known."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from shared.contracts.talent.roles import RoleCountDeclared
from shared.contracts.vocabulary import Count, Day, Name, Text, TrustUid
from shared.decider import Decider, Rejected


def role_count_stream(trustuid: str, area: str, scheme: str) -> str:
    return f"rolecount-{trustuid}-{_slug(area)}-{_slug(scheme)}"


def _slug(name: str) -> str:
    """Small letters without accents, words joined by `_`: a hyphen always parts area and scheme."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", "_", plain.casefold()).strip("_")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareRoleCount:
    trustuid: TrustUid
    area: Name
    scheme: Name
    role: Name
    count: Count | None = None
    not_known_reason: Text | None = None
    schools_sponsored: Count | None = None
    as_at: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleCount:
    declared: RoleCountDeclared | None = None


def decide(c: DeclareRoleCount, state: RoleCount) -> list[RoleCountDeclared]:
    if (c.count is None) == (c.not_known_reason is None):
        raise Rejected(
            "count_or_reason",
            "Give either a count or the reason why it is not known, and not both.",
            field="/count",
        )
    declared = RoleCountDeclared(
        trustuid=c.trustuid,
        area=c.area,
        scheme=c.scheme,
        role=c.role,
        count=c.count,
        not_known_reason=c.not_known_reason,
        schools_sponsored=c.schools_sponsored,
        as_at=c.as_at,
    )
    if state.declared is not None and replace(state.declared, as_at=c.as_at) == declared:
        return []  # said again on a later day: a count stands until another is declared
    return [declared]


def evolve(_state: RoleCount, event: RoleCountDeclared) -> RoleCount:
    return RoleCount(declared=event)


role_count: Decider[DeclareRoleCount, RoleCount, RoleCountDeclared] = Decider(RoleCount(), decide, evolve)
