"""The calendar feed, opened by a parser that shares nothing with the one that wrote it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import vobject  # type: ignore[import-untyped]  # no stubs, and none of its own
from hypothesis import given as over
from hypothesis import strategies as st

from services.reporting.web.ics import feed_of

LONDON = ZoneInfo("Europe/London")
SUMMER_ENDS, SUMMER_BEGINS = date(2026, 10, 25), date(2027, 3, 28)
SESSION = UUID(int=1)
START = datetime(2026, 11, 5, 15, 45, tzinfo=UTC)


def row(session_id: UUID = SESSION, starts_at: datetime = START, **more: Any) -> dict[str, Any]:
    """A row of the report, as far as the feed reads it."""
    return {
        "session_id": str(session_id),
        "programme": "Mentoring",
        "kind": "course",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=90),
        "where": "Grange Farm, library",
        "how_to_join": None,
        "status": "confirmed",
        "sequence": 0,
        "reason": None,
        "scheduled_at": datetime(2026, 9, 1, 8, tzinfo=UTC),
        "changed_at": datetime(2026, 9, 2, 8, tzinfo=UTC),
        **more,
    }


def written(*rows: dict[str, Any]) -> bytes:
    return feed_of(rows, "Harbour Trust", "https://baton.example/")


def read(content: bytes) -> list[Any]:
    """The events as the other parser sees them."""
    calendar = vobject.readOne(content.decode())
    return list(calendar.contents.get("vevent", []))


def times(events: Iterable[Any]) -> list[tuple[datetime, datetime]]:
    return [(event.dtstart.value, event.dtend.value) for event in events]


def test_a_session() -> None:
    [event] = read(written(row(how_to_join="Book a place.")))

    assert {name: event.contents[name][0].value for name in event.contents if name not in {"dtstart", "dtend"}} == {
        "uid": "00000000-0000-0000-0000-000000000001@calendar.mat.uk",
        "sequence": "0",
        "status": "CONFIRMED",
        "created": datetime(2026, 9, 1, 8, tzinfo=UTC),
        "last-modified": datetime(2026, 9, 2, 8, tzinfo=UTC),
        "dtstamp": datetime(2026, 9, 2, 8, tzinfo=UTC),
        "summary": "Mentoring",
        "location": "Grange Farm, library",
        "description": "Book a place.",
        "categories": ["course"],
        "url": f"https://baton.example/reports/calendar#{SESSION}",
    }
    assert times([event]) == [(START, START + timedelta(minutes=90))]
    assert event.dtstart.params["X-VOBJ-ORIGINAL-TZID"] == ["Europe/London"]


def test_a_cancelled_session_stays_at_its_time() -> None:
    cancelled = row(status="cancelled", sequence=2, reason="The speaker is ill.", how_to_join="Book a place.")

    [event] = read(written(cancelled))

    assert (event.status.value, event.sequence.value) == ("CANCELLED", "2")
    assert event.description.value == "Cancelled: The speaker is ill.\nBook a place."
    assert times([event]) == [(START, START + timedelta(minutes=90))]


def test_a_moved_session_says_why() -> None:
    [event] = read(written(row(sequence=1, reason="The hall is let.")))

    assert event.description.value == "Moved: The hall is let."


def test_a_session_whose_programme_is_not_known_yet_has_a_name() -> None:
    [event] = read(written(row(programme=None, kind=None)))

    assert event.summary.value == "Training session"
    assert "categories" not in event.contents


def test_the_same_rows_are_the_same_bytes() -> None:
    rows = [row(UUID(int=n), START + timedelta(days=n)) for n in range(20)]

    assert written(*rows) == written(*rows)


def test_without_sessions_it_is_a_calendar_still() -> None:
    calendar = vobject.readOne(written().decode())

    assert calendar.contents["x-wr-calname"][0].value == "Harbour Trust: training"
    assert [name for name in calendar.contents if name == "vevent"] == []


@pytest.mark.parametrize("change", [SUMMER_ENDS, SUMMER_BEGINS])
def test_a_weekday_session_keeps_its_hour_when_the_clocks_change(change: date) -> None:
    days = [day for n in range(-14, 15) if (day := change + timedelta(days=n)).weekday() < 5]
    starts = [datetime.combine(day, time(15, 45), LONDON) for day in days]

    events = read(written(*(row(UUID(int=n), when.astimezone(UTC)) for n, when in enumerate(starts))))

    assert [event.dtstart.value.replace(tzinfo=None) for event in events] == [s.replace(tzinfo=None) for s in starts]
    assert [event.dtstart.value.astimezone(UTC) for event in events] == [when.astimezone(UTC) for when in starts]
    assert {event.dtstart.value.utcoffset() for event in events} == {timedelta(0), timedelta(hours=1)}


def test_a_weekly_series_through_both_changes_is_as_it_was_scheduled() -> None:
    starts = [datetime(2026, 9, 10, 15, 45, tzinfo=LONDON) + timedelta(weeks=n) for n in range(40)]

    events = read(written(*(row(UUID(int=n), when.astimezone(UTC)) for n, when in enumerate(starts))))

    assert [event.dtstart.value.astimezone(UTC) for event in events] == [when.astimezone(UTC) for when in starts]
    assert {f"{event.dtstart.value:%A %H:%M}" for event in events} == {"Thursday 15:45"}
    assert {f"{event.dtstart.value.astimezone(UTC):%H:%M}" for event in events} == {"14:45", "15:45"}


_minutes = st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda when: when.replace(second=0, microsecond=0)
)


@over(
    when=_minutes | st.integers(-180, 180).map(lambda m: datetime(2026, 10, 25, 1, tzinfo=UTC) + timedelta(minutes=m))
)
def test_no_instant_is_lost(when: datetime) -> None:
    [event] = read(written(row(starts_at=when)))

    assert event.dtstart.value.astimezone(UTC) == when
    assert event.dtend.value.astimezone(UTC) == when + timedelta(minutes=90)


@over(text=st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from(',;:\\"\n\t'), min_size=1))
def test_any_text_comes_out_as_it_went_in(text: str) -> None:
    content = written(row(programme=text, where=text, how_to_join=text))

    [event] = read(content)

    assert event.summary.value == event.location.value == event.description.value == text
    assert max(len(line) for line in content.split(b"\r\n")) <= 75


@pytest.mark.parametrize("text", [r"S:\New", r"S:\new", r"\\N", r"\N", "\\\n", r"a\,b\;c"])
def test_a_backslash_stays_a_backslash(text: str) -> None:
    [event] = read(written(row(how_to_join=text)))

    assert event.description.value == text


def test_what_no_calendar_may_hold_is_left_out() -> None:
    [event] = read(written(row(programme="Men\x00tor\x0bing", how_to_join="a\r\nb\rc\x7f")))

    assert event.summary.value == "Mentoring"
    assert event.description.value == "a\nb\nc"


def test_a_text_cannot_add_a_line_of_its_own() -> None:
    events = read(written(row(programme="x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:y")))

    assert len(events) == 1
