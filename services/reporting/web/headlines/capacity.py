"""What the reports of capacity say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from services.reporting.london import london
from services.reporting.reports.report import Row
from services.reporting.web.headlines.sentences import do, named, names_in, some_do, things_do, together
from services.reporting.web.words import count


def capacity(rows: Sequence[Row], at: datetime) -> str:
    """How many schools give and take in the period that runs, and whose requests lack something then."""
    today = at.astimezone(london).date()
    now = [row for row in rows if row["starts_on"] <= today <= row["ends_on"]]
    if not now:
        return ""
    give, take = (len({row["urn"] for row in now if row["urn"] and row[name]}) for name in ("given", "taken"))
    lacking = [row for row in now if row["unmet_requests"]]
    unmet = sum(row["unmet_requests"] for row in lacking)
    return together(
        f"in {now[0]['period']} {things_do(give, 'school', 'give')} and {do(take, 'take')}",
        f"{things_do(unmet, 'request', 'lack')} something: {named(names_in(lacking))}" if lacking else "",
    )


def matches(rows: Sequence[Row], _: datetime) -> str:
    """For how many requests there is somebody to ask, and for whom there is nobody."""
    without = [row for row in rows if row["giver"] is None]
    return together(
        f"{some_do(len(rows) - len(without), len(rows), 'request', 'have')} somebody to ask",
        f"nobody yet for {named(names_in(without, 'taker'))}" if without else "",
    )


def network(rows: Sequence[Row], _: datetime) -> str:
    """How many leaders the bank has, how many of them coach now, and for how many more there is room."""
    members = {row["person_id"] for row in rows}
    now = [row for row in rows if row["coaching_load"] is not None]
    coach = sum(row["coaching_load"] > 0 for row in now)
    room = sum(max((row["coaching_places"] or 0) - row["coaching_load"], 0) for row in now)
    return together(
        f"{some_do(coach, len(members), 'leader', 'coach')} now",
        f"there is room for {count(room)} more to be coached" if room else "",
    )


headlines = {"capacity": capacity, "matches": matches, "network": network}
