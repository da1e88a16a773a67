"""The reports of histories that nobody would think of, held against the fold that works them out a second time."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import chain

import pytest
from pydantic_core import to_json

from services.reporting.reports import answer, meanings, reports
from shared.contracts.collaboration.loop import MeetingReportSubmitted
from tests.support import fold, read_model
from tests.support.chapters import CHAPTERS
from tests.support.read_model import HandClock
from tests.support.story import Story, named
from tests.support.teller import Chapter, Teller, line

MONDAY = datetime(2026, 11, 16, 16, tzinfo=UTC)
TOLD_ANYHOW = ("agenda", "calendar", "focus", "history", "loop", "roles")  # by every teller; a chapter names the others


def test_every_fold_is_held_against_its_report() -> None:
    assert set(fold.reports) == {*TOLD_ANYHOW, *chain(*(chapter.reports for chapter in CHAPTERS))}


@pytest.mark.parametrize("seed", range(6))
async def test_any_history_folds_the_same(database: str, seed: int) -> None:
    chance = random.Random(seed)
    one = Teller(chance)
    story, other = one.story, Teller(chance, one.story, "99002")  # two trusts, and schools that are in both
    for _ in range(125):
        chance.choice((one, other)).tell(2)

    await _folds_the_same(database, story, moments(chance, story))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.__name__)
async def test_any_chapter_folds_the_same(database: str, chapter: type[Chapter], seed: int) -> None:
    chance = random.Random(seed)
    one = Teller(chance, chapters=[chapter])
    story, other = one.story, Teller(chance, one.story, "99002", chapters=[chapter])
    for _ in range(125):
        chance.choice((one, other)).tell(2)

    await _folds_the_same(database, story, moments(chance, story), chapter.reports)


def _two_cycles_start_on_one_day(story: Story) -> None:
    for cycle in ("2026/27-A2", "2026/27-A2.1"):
        story.opens(cycle, date(2026, 11, 2), date(2026, 11, 13))
        story.asks(cycle, "reading", cycle, ["900001"], MONDAY)
        story.answers("meeting", cycle, "900001", "red", MONDAY)


def _a_merged_schools_later_meeting_was_recorded_first(story: Story) -> None:
    for cycle, starts_on in (("2026/27-1", date(2026, 11, 2)), ("2026/27-2", date(2026, 11, 16))):
        story.opens(cycle, starts_on, starts_on + timedelta(days=11))
        story.asks(cycle, "reading", cycle, ["900001", "900002"], MONDAY)
    story.answers("later", "2026/27-1", "900001", "red", MONDAY)
    story.later(hours=1)
    story.answers("earlier", "2026/27-1", "900002", "green", MONDAY - timedelta(days=1))
    story.becomes("900001", "900002", date(2026, 11, 10))


def _a_succession_is_known_before_its_day(story: Story) -> None:
    story.opens("2026/27-1", date(2026, 11, 2), date(2026, 11, 13))
    story.asks("item", "reading", "2026/27-1", ["900001"], MONDAY)
    story.becomes("900001", "900002", date(2027, 1, 1))


def _the_first_report_was_submitted_last(story: Story) -> None:
    story.opens("2026/27-1", date(2026, 11, 2), date(2026, 11, 13))
    story.asks("item", "reading", "2026/27-1", ["900001"], MONDAY)
    story.answers("meeting", "item", "900001", "red", MONDAY)
    for minutes in (5, 4):
        submitted_at = story.now + timedelta(minutes=minutes)
        report = MeetingReportSubmitted(meeting_id=named("meeting"), answered=1, of=1, submitted_at=submitted_at)
        story.tell(report, f"meeting-{named('meeting')}")


@pytest.mark.parametrize(
    "tell",
    [
        _two_cycles_start_on_one_day,
        _a_merged_schools_later_meeting_was_recorded_first,
        _a_succession_is_known_before_its_day,
        _the_first_report_was_submitted_last,
    ],
)
async def test_what_once_differed(database: str, tell: Callable[[Story], None]) -> None:
    story = Story(now=MONDAY + timedelta(hours=1))
    story.agrees_on("reading", "Reading", date(2026, 9, 1))
    tell(story)

    await _folds_the_same(database, story)


async def _folds_the_same(
    database: str, story: Story, as_of: Sequence[str] = (), models: Iterable[str] = TOLD_ANYHOW
) -> None:
    """Every report, or some of them, now and as of some moments."""
    lines = [line(delivered) for delivered in story.told]
    told = {delivered.envelope.id for delivered in story.told}
    latest = max(delivered.envelope.time for delivered in story.told)
    async with read_model.telling(database, read_model.by_log(story.told)) as pool:
        reading = read_model.reading(pool, HandClock(latest))
        for moment in (None, *as_of):
            for model in models:
                async with reading(reports[model].needs, moment) as view:
                    found = await answer(reports[model], view)
                    upto = view.as_of.event if view.as_of else None
                rows = found.rows
                assert not rows or list(rows[0].keys() ^ meanings(reports[model]).keys()) == []
                for row, behind in zip(rows, found.behind, strict=True):
                    assert {figure: len(ids) for figure, ids in behind.items()} == {f: row[f] or 0 for f in behind}
                    assert told.issuperset(chain(*behind.values()))
                published = json.loads(to_json(rows))
                expected = fold.rows(model, lines, view.at, upto)
                assert (moment, fold.first_difference(model, published, expected)) == (moment, None)


def moments(chance: random.Random, story: Story) -> list[str]:
    """Days, instants and positions in the middle of it."""
    some = chance.sample(story.told, 4)
    return [
        some[0].envelope.time.date().isoformat(),
        some[1].envelope.time.isoformat(),
        *(f"event:{delivered.envelope.service}:{delivered.logindex}" for delivered in some[2:]),
    ]
