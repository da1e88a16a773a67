"""D8: what is said to have happened in ten years, or ten years ago, and days that there are not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.integration.hostile.bodies import Claim, Path, at_place, changed, good, places
from tests.integration.hostile.doors import Doors

pytestmark = pytest.mark.timeout(300)  # a Kafka of its own

TEN_YEARS = timedelta(days=3653)
NO_SUCH: tuple[Any, ...] = ("2026-02-30", "0001-01-01", "9999-12-31", "2026-11-16T25:00:00Z", "soon", 1_700_000_000)
LOOKS_AHEAD = {
    ("CycleOpened", "ends_on"),
    ("ConsultationStandardSet", "from_on"),
    ("FocusAreaSet", "starts_on"),
    ("ModerationPlanned", "ends_at"),
    ("OneToOneTemplateSet", "from_on"),
    ("ReviewRequested", "to_on"),
    ("RoleCountDeclared", "as_at"),
    ("SchoolLeftTrust", "left_on"),
    ("StatutoryRequirementSet", "effective_from"),
    ("TrustInductionPlanned", "ends_at"),
}
"""What is planned or holds from some day on."""
LOOKS_BACK = {
    ("ConsultationStandardSet", "from_on"),
    ("CycleOpened", "starts_on"),
    ("FocusAreaSet", "starts_on"),
    ("ModerationPlanned", "starts_at"),
    ("OneToOneTemplateSet", "from_on"),
    ("ReviewRequested", "from_on"),
    ("RoleCountDeclared", "as_at"),
    ("StatutoryRequirementSet", "effective_from"),
    ("TrustInductionPlanned", "starts_at"),
}
"""What has held for long, or is a plan's beginning."""


async def test_nothing_happened_in_ten_years(doors: Doors) -> None:
    before = await doors.effects()
    later = (datetime.now(UTC) + TEN_YEARS).isoformat()
    claims = [{**sent, "happenedat": later} for sent in good(doors.service)]

    over_http = await doors.batch(claims)
    await doors.produce(*claims)
    receipts = await doors.receipts()

    refused = ("refused", "in_the_future", "/happenedat")
    assert [(s["type"], a) for s, a in zip(claims, over_http, strict=True) if a != refused] == []
    assert {receipts[sent["id"]] for sent in claims} == {refused}
    assert await doors.effects() == before


async def test_what_has_no_day_of_its_own_did_not_happen_ten_years_ago(doors: Doors) -> None:
    earlier = (datetime.now(UTC) - TEN_YEARS).isoformat()
    claims = good(doors.service)
    today = await doors.batch(claims, query="?dry_run=true")

    then = await doors.batch([{**sent, "happenedat": earlier} for sent in claims], query="?dry_run=true")

    changed_answers = {answer for answer, usual in zip(then, today, strict=True) if answer != usual}
    assert changed_answers == {("refused", "too_long_ago", "/happenedat")}


async def test_a_day_that_there_is_not_is_refused_where_it_stands(doors: Doors) -> None:
    sent = [
        ({**one, "id": f"{one['id']}-{turn}", "data": changed(one["data"], at, NO_SUCH[turn % len(NO_SUCH)])}, at)
        for one in good(doors.service)
        for turn, at in enumerate(_dates(one))
    ]

    answers = await doors.batch([claim for claim, _ in sent], query="?dry_run=true")

    expected = [("refused", "invalid", "/data/" + "/".join(map(str, at))) for _, at in sent]
    assert answers == expected


@pytest.mark.parametrize(("years", "allowed"), [(10, LOOKS_AHEAD), (-10, LOOKS_BACK)], ids=["to come", "long ago"])
async def test_a_fact_has_no_day_ten_years_from_now(doors: Doors, years: int, allowed: set[tuple[str, str]]) -> None:
    """Of the types that are taken at once from this trust, which is almost empty: it is their rules that are asked."""
    sent = [
        ({**one, "id": f"{one['id']}-{turn}", "data": changed(one["data"], at, _moved(one, at, years))}, at)
        for one in good(doors.service)
        for turn, at in enumerate(_dates(one))
    ]

    today = await doors.batch(good(doors.service), query="?dry_run=true")
    answers = await doors.batch([claim for claim, _ in sent], query="?dry_run=true")

    taken = {
        (_name(claim), str(at[-1]))
        for (claim, at), (outcome, *_) in zip(sent, answers, strict=True)
        if outcome == "accepted"
    }
    usual = {_name(one) for one, answer in zip(good(doors.service), today, strict=True) if answer[0] == "accepted"}
    assert taken
    assert taken == {(name, field) for name, field in allowed if name in usual}


def _name(sent: Claim) -> str:
    return str(sent["type"]).split(".")[3]


def _dates(sent: Claim) -> Iterator[Path]:
    """Where a claim's days and times stand."""
    for at in places(sent["data"]):
        if _when(at_place(sent["data"], at)) is not None:
            yield at


def _when(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) and value[4:5] == "-" else None
    except ValueError:
        return None


def _moved(sent: Claim, at: Path, years: int) -> str:
    """The same day, so many years from now; a time stays a time."""
    value = at_place(sent["data"], at)
    when = _when(value)
    assert when is not None
    moved = when.replace(year=datetime.now(UTC).year + years)
    return moved.isoformat() if "T" in value else str(moved.date())
