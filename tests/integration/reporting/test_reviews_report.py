"""What follows from peer review, in histories that can be checked by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg

from services.reporting.reading import Reading
from services.reporting.reports import answer, reports
from shared.contracts.collaboration import reviews as r
from tests.support import read_model
from tests.support.read_model import HandClock
from tests.support.story import TRUST, Story, named

HOST, GUEST = "900001", "900002"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
REVIEW: Any = {"review_id": named("review"), "urn": HOST}


def told(due: list[date]) -> Story:
    """A completed review by two of one school; an action for each day."""
    story = Story(now=NOW - timedelta(days=10))
    story.joins(HOST, "Ashby", date(2020, 9, 1))
    events: list[Any] = [
        r.ReviewRequested(
            **REVIEW, trustuid=TRUST, focus="reading", from_on=date(2026, 11, 9), to_on=date(2026, 11, 10)
        ),
        *(
            r.ReviewerAgreed(
                **REVIEW,
                reviewer_id=named(who),
                reviewer_urn=GUEST,
                trained_on=date(2025, 9, 1),
                conflict_declared_on=date(2026, 11, 9),
            )
            for who in ("Ana", "Ben")
        ),
        r.ReviewFindingRecorded(
            **REVIEW,
            finding_id=named("finding"),
            area="reading",
            kind="development",
            estimate="effective",
            evidence=("lesson",),
            finding="They read little.",
            found_on=date(2026, 11, 10),
        ),
        *(
            r.FollowUpActionAgreed(
                **REVIEW,
                action_id=named(str(day)),
                finding_id=named("finding"),
                action="Read more.",
                owner="head",
                due_on=day,
            )
            for day in due
        ),
        r.ReviewCompleted(
            **REVIEW,
            trustuid=TRUST,
            focus="reading",
            lead_id=named("Ana"),
            reviewer_ids=(named("Ana"), named("Ben")),
            strengths=0,
            developments=1,
            agreed_by_host_on=date(2026, 11, 10),
            completed_on=date(2026, 11, 10),
        ),
    ]
    for event in events:
        story.tell(event, f"review-{named('review')}", urn=HOST)
    return story


async def rows(database: str, story: Story, at: datetime = NOW) -> dict[str, dict[str, Any]]:
    async with asyncpg.create_pool(database, min_size=1, max_size=2) as pool:
        await read_model.create(pool)
        await read_model.receive(pool, story.told)
        reading = Reading(pool, HandClock(at), {p.name: p for p in read_model.ALL})
        async with reading(reports["reviews"].needs) as view:
            return {row["urn"]: row for row in (await answer(reports["reviews"], view)).rows}


async def test_two_reviewers_of_one_school_give_one_review(database: str) -> None:
    found = await rows(database, told([]))

    assert (found[GUEST]["reviews_given"], found[GUEST]["trained_reviewers"]) == (1, 2)
    assert (found[GUEST]["given_minus_received"], found[HOST]["given_minus_received"]) == (1, -1)


async def test_an_action_is_due_until_its_day_is_past(database: str) -> None:
    days = [date(2026, 11, 19), date(2026, 11, 20), date(2026, 12, 4), date(2026, 12, 5)]

    host = (await rows(database, told(days)))[HOST]

    assert (host["actions_open"], host["actions_overdue"], host["actions_due_in_14_days"]) == (4, 1, 2)
