"""What each event does to the tables, told as a story."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import groupby
from typing import Any

import pytest

from services.reporting.projections import calendar, capacity, loop, register, roles
from services.reporting.read_models.projection import Projection
from shared.contracts.collaboration.capacity import CapacityRequested, CapacityRequestWithdrawn
from tests.support.chapters import CHAPTERS
from tests.support.helping import ASHBY, BIRCH, Helping
from tests.support.northmoor import northmoor
from tests.support.read_model import ALL, patches
from tests.support.staffing import Staffing
from tests.support.story import TRUST, Story, named
from tests.support.teller import Teller

AT = datetime(2026, 11, 16, 9, tzinfo=UTC)
Tables = dict[str, dict[tuple[Any, ...], dict[str, Any]]]


def tables_of(story: Story, *projections: Projection) -> Tables:
    tables: Tables = defaultdict(dict)
    for delivered in story.told:
        for patch in patches(projections, delivered):
            tables[patch.table].setdefault(patch.key, {}).update(patch.changes)
    return tables


@cache
def whole_trust() -> Story:
    """A trust of which every read model has rows, and another that tells what comes to its mind."""
    story = northmoor()
    story.publishes("Mentoring", audience_roles=("deputy",))
    story.schedules("first", "Mentoring", AT)
    story.moves("first", AT + timedelta(days=1))
    story.cancels("first", "The speaker is ill.")
    staffing = Staffing(story)
    staffing.enters("Dee")
    staffing.starts("Dee", "post", "900001", "deputy", date(2024, 9, 1))
    helping = Helping(story)
    helping.offers("near", BIRCH, 6)
    helping.asks("help", ASHBY, 6)
    helping.allocates("part", "near", "help", ASHBY, 4)
    helping.releases("part", "near", ASHBY, 1)
    helping.can_coach("Ana", BIRCH)
    helping.wishes("Cat", ASHBY)
    helping.pairs("Ana", "Cat", ASHBY)
    for number, chapter in enumerate(CHAPTERS, start=2):
        Teller(random.Random(0), story, f"99{number:03}", chapters=[chapter]).tell(250)
    return story


@pytest.fixture
def story() -> Story:
    return Story(now=AT)


def test_a_school_that_left_and_came_back_has_a_row_for_each(story: Story) -> None:
    story.joins("900001", "Ashby Park", date(2020, 9, 1))
    story.leaves("900001", date(2022, 9, 1))
    story.joins("900001", "Ashby Park Primary", date(2024, 9, 1))

    tables = tables_of(story, register.projection)

    assert tables["membership"] == {
        (TRUST, "900001", 1): {"joined_on": date(2020, 9, 1)},
        (TRUST, "900001", 2): {"left_on": date(2022, 9, 1)},
        (TRUST, "900001", 3): {"joined_on": date(2024, 9, 1)},
    }
    assert tables["school"][TRUST, "900001"]["name"] == "Ashby Park Primary"


def test_a_new_urn_stands_with_the_old_one(story: Story) -> None:
    story.joins("900001", "Ashby Park", date(2020, 9, 1))
    story.becomes("900001", "900051", date(2026, 9, 1))

    [school] = tables_of(story, register.projection)["school"].values()

    assert (school["successor_urn"], school["succeeded_on"]) == ("900051", date(2026, 9, 1))


def test_an_answer_and_its_correction_are_both_kept(story: Story) -> None:
    story.asks("reading", "focus", "2026/27-1", ["900001"], AT)
    story.answers("meeting", "reading", "900001", "red", AT, comment="Hard.", needs_help=True, help_dimension="time")
    story.corrects("meeting", "reading", "900001", "amber")

    tables = tables_of(story, loop.projection)
    given = tables["answer"][named("reading"), "900001", 1]
    corrected = tables["answer"][named("reading"), "900001", 2]

    assert (given["rag"], given["needs_help"], given["held_at"]) == ("red", True, AT)
    assert (corrected["rag"], corrected["needs_help"], corrected["supersedes"]) == ("amber", False, given["event_id"])
    assert "held_at" not in corrected


def test_a_personal_text_stays_sealed_and_has_its_place(story: Story) -> None:
    story.asks("reading", "focus", "2026/27-1", ["900001"], AT)
    story.answers("meeting", "reading", "900001", "red", AT, comment="Hard.")

    answer = tables_of(story, loop.projection)["answer"][named("reading"), "900001", 1]

    assert answer["comment"].startswith("sealed:")
    assert (answer["stream"], answer["event_id"]) == (
        story.told[-1].envelope.stream,
        story.told[-1].envelope.id,
    )


def test_each_reply_is_a_row(story: Story) -> None:
    story.acknowledges("meeting", "reading", "900001")
    story.responds("meeting", "reading", "900001")
    story.reads("meeting", "reading", "900001")

    replies = tables_of(story, loop.projection)["reply"]

    assert [row["kind"] for row in replies.values()] == ["acknowledged", "responded", "read"]


def test_a_count_that_becomes_unknown_loses_its_number(story: Story) -> None:
    story.declares("Leicestershire", "SLE", "Specialist Leader", count=12, as_at=date(2013, 1, 1))
    story.declares("Leicestershire", "SLE", "Specialist Leader", not_known_reason="not counted", as_at=date(2014, 1, 1))

    [row] = tables_of(story, roles.projection)["role_count"].values()

    assert (row["count"], row["not_known_reason"], row["as_at"]) == (None, "not counted", date(2014, 1, 1))


def test_each_change_of_a_session_is_a_row(story: Story) -> None:
    story.schedules("first", "Mentoring", AT, how_to_join="Book a place.")
    story.moves("first", AT + timedelta(days=1), where="Hall")
    story.cancels("first", "The speaker is ill.")

    tables = tables_of(story, calendar.projection)
    changes = tables["session_change"]

    assert tables["session"][named("first"),]["how_to_join"] == "Book a place."
    assert list(changes) == [(named("first"), version) for version in (1, 2, 3)]
    assert [(row.get("where"), row["cancelled"], row.get("reason")) for row in changes.values()] == [
        ("Room 1", False, None),
        ("Hall", False, None),
        (None, True, "The speaker is ill."),
    ]
    assert "starts_at" not in changes[named("first"), 3]


def test_a_request_that_is_drafted_again_is_not_withdrawn_any_more(story: Story) -> None:
    request_id, stream = named("help"), f"capacity-request-{named('help')}"
    drafted = CapacityRequested(
        request_id=request_id, trustuid=TRUST, taker_urn="900001", dimension="time", drafted=True, basis=named("answer")
    )
    withdrawn = CapacityRequestWithdrawn(
        request_id=request_id, taker_urn="900001", reason="help_not_needed_any_more", withdrawn_on=AT.date()
    )
    for event in (drafted, withdrawn):
        story.tell(event, stream)
    [row] = tables_of(story, capacity.projection)["capacity_request"].values()
    assert (row["withdrawn_on"], row["reason"]) == (AT.date(), "help_not_needed_any_more")

    story.tell(drafted, stream)

    [row] = tables_of(story, capacity.projection)["capacity_request"].values()
    assert (row["withdrawn_on"], row["reason"], row["drafted"]) == (None, None, True)


def test_no_row_is_written_from_two_streams() -> None:
    written = {
        (patch.table, patch.key, delivered.envelope.stream)
        for delivered in whole_trust().told
        for patch in patches(ALL, delivered)
    }
    rows = sorted((table, tuple(map(str, key))) for table, key, _ in written)

    assert [row for row, found in groupby(rows) if len(list(found)) > 1] == []


@pytest.mark.parametrize("projection", ALL, ids=lambda projection: projection.name)
def test_patches_name_declared_tables_and_columns(projection: Projection) -> None:
    declared = {table.name: table for table in projection.tables}
    told = [patch for delivered in whole_trust().told for patch in patches([projection], delivered)]

    assert told
    for patch in told:
        table = declared[patch.table]
        assert len(patch.key) == len(table.key)
        assert set(patch.changes) <= set(table.columns)
