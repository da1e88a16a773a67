"""How much change is each school under? One row a school and change; and one a school for decisions about no change.

A school is the same under every URN that it has gone by; one that has left the trust by the day of `at` is under none
of its changes. Of several consultations on a change the last one counts, of what a school says about a decision the
last count of each role.

- trustuid, urn, school: where; the URN is the one that the change, or the decision, names
- change_id, change: which change; null for decisions about none
- align: align (all schools do alike) or leave (each its own way)
- state: proposed, dropped, or if it was adopted: coming, under_way or over, by its first and its last day; null at a
  school that was only told of it
- proposed_on, from_on, to_on: when it was proposed; its first and its last day, once it is adopted
- concurrent: adopted changes at this school whose days overlap with those of this one, itself among them; null before
  it is adopted, and where it is not at this school
- days, cost_pence: what the whole change takes, at all of its schools: days of work, money in pence
- schools: at how many schools
- consultations: how many there were on it
- consultation: how the last one was: as_asked by the trust's standard, short of it, no_standard then; without one
  not_yet while it is proposed, afterwards none
- consulted_days: its length, its first and its last day counted
- days_short: how many days less that is than the standard asks
- consulted_groups, missing_groups: who was consulted; whom the standard asks for besides
- decisions: decisions about it that were passed on to this school
- roles_asked: the roles here that they were passed on to, counted for each decision
- roles_answered: of these, those of which the school has said how many understand
- understood, expected: people of these roles who understand, of how many
- understood_percent: understood of expected, to the nearest percent; null while nothing is said
- event_id: the proposal
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.reporting.reports.report import Area
from services.reporting.reports.sql import Connection, fetch, urns

title = "Change at each school"
about = "What each school is asked to change, how much of it at once, who was consulted, and who understands it."
area: Area = "change"
key: tuple[str, ...] = ("trustuid", "urn", "change_id")
needs: tuple[str, ...] = ("register", "change")


async def rows(
    conn: Connection,
    *,
    at: datetime,
    school: str | None,
    trust: str | None = None,
) -> list[dict[str, Any]]:
    return await fetch(conn, "change", at, await urns(conn, school), trust)
