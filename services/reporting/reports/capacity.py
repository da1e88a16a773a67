"""Who gives, who takes? One row a school, dimension, unit and period: what it offers and gives, asks for and takes.

The trust itself has rows too, and so has each supplier outside, apart from the schools. Over all rows of a trust, what
is given is what is taken, in each dimension, unit and period.

A period is a half-term by the trust's term dates, with the holidays after it (the first one also with the days before
it); where the trust has set none for an academic year, that year. What begins later than the next academic year is not
told yet. Nothing is divided between periods:

What is used up (half-days, places, pence) counts whole, in one period. What is offered, and with it all that is
allocated and drawn of it, in the period of the offer's first day. What is requested, and with it all that is allocated
for it, in the period of the request's first day. What is given and taken, in the period of the draw's first day. So an
allocation that spans two periods counts in the period of its offer.

A rate (half-days a week, hundredths of full time) counts in each period that it touches, as it is on one day of that
period, the same day for the whole trust: the busiest, on which the highest rate is drawn in all; where that is equal,
allocated, then offered, then requested; the first of such days. (Highest rates of single schools on different days
would not add up: more would be given than is taken.)

- trustuid, urn, current_urn: the school, under the URN of that time, and the URN that it goes by on the day of `at`;
  null for the trust and a supplier
- outside: the name of a supplier outside the trust; null for a school and the trust
- school: the name of the school or supplier, or "the trust"
- trajectory: improving, steady or declining: the school's latest judgement under any of its URNs; null without one
- dimension, unit: of what; amounts of several units are never added up
- period, starts_on, ends_on: when
- counted_on: the day on which a rate is counted; null for what is used up
- offered: how much it offers, less what it withdrew
- offers: how many offers that is
- allocated: how much of that is allocated to schools, less what they released
- allocations: how many allocations that is
- drawn: how much of that they used, whenever it was
- draws: how many draws that is
- balance: offered - drawn
- requested: how much it requests; a draft, and what was withdrawn, does not count
- requests: how many requests that is
- unmet: how much of that is not allocated; more than is asked for one request does not make up for another
- unmet_requests: how many requests lack something
- covered: for each plan that the requests name, at least as much is allocated (for them, or for the plan without a
  request) as is requested; null where none names a plan
- given: how much others used of what it offers, in this period
- times_given: how many draws that is
- taken: how much it used of what others offer, in this period
- times_taken: how many draws that is
- net: given - taken
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.reporting.reports.report import Area
from services.reporting.reports.sql import Connection, fetch, urns
from shared.contracts.collaboration.capacity import rates

title = "Who gives, who takes"
about = "Each school in each kind of capacity: what it offers and gives, asks for and takes, by half-term."
area: Area = "capacity"
key: tuple[str, ...] = ("trustuid", "urn", "outside", "dimension", "unit", "period")
needs: tuple[str, ...] = ("register", "capacity")


async def rows(
    conn: Connection,
    *,
    at: datetime,
    school: str | None,
    trust: str | None = None,
) -> list[dict[str, Any]]:
    return await fetch(conn, "capacity", at, sorted(rates), await urns(conn, school), trust)
