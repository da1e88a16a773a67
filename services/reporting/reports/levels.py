"""At which level somebody works. A role is a code of the trust's own; these are the words that schools use for them."""

from __future__ import annotations

import re

from services.reporting.reports.sql import Connection
from shared.contracts.collaboration.planning import RoleLevel
from shared.contracts.talent.register import HEADS
from shared.contracts.vocabulary import Code

_senior = re.compile(r"(deputy|assistant|associate|vice)_(head|principal)|senior_leader$")
_middle = re.compile(r"(senco|middle_leader)$|(head_of|director_of|lead)_|.*_(lead|leader|coordinator)$")
_teacher = re.compile(r"(.*_)?(teacher|lecturer|tutor)(_.*)?$")


def level_of(role: Code) -> RoleLevel:
    """The level of a role at a school, among those that are paid."""
    if role in HEADS:
        return "head"
    if _senior.match(role):
        return "senior"
    if _middle.match(role):
        return "middle"
    return "teacher" if _teacher.match(role) else "support"


async def levels(conn: Connection) -> tuple[list[str], list[str]]:
    """Every role that anybody has had, and beside it its level: two arrays, for a report's SQL. Needs `people`."""
    roles = [
        row["role"] for row in await conn.fetch("select distinct role from engagement_term where role is not null")
    ]
    return roles, [level_of(role) for role in roles]
