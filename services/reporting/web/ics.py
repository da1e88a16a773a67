"""The calendar as a feed that calendar programs subscribe to: iCalendar (RFC 5545), the rows of the report `calendar`.

The same rows give the same bytes: nothing here reads a clock. A session keeps its UID for life; SEQUENCE rises with
every move, with the cancellation and when one of these turns out to be void; what is cancelled stays, so that programs
take it out of people's days.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from fastapi.responses import Response
from icalendar import Calendar, Event, Timezone, vText

from services.reporting.api import Moment, School, check_school
from services.reporting.london import london
from services.reporting.read_models.reading import Reading
from services.reporting.reports import calendar
from services.reporting.web import framing
from services.reporting.web.school import SchoolPage
from shared.problems import documented

path = "/calendar.ics"
media_type = "text/calendar; charset=utf-8"
_unchanged = {"description": "The feed is as you have it."}
_needs = tuple(dict.fromkeys((*calendar.needs, *framing.needs)))

_domain = "calendar.mat.uk"
"""What makes a session's id the only one in the world. A name, no host: it stays when servers move."""

_meeting_domain = "meetings.mat.uk"
_a_meeting = timedelta(hours=1)
# The rule since 1996, without an end. What `Calendar.add_missing_timezones` adds ends in 2038 and is an hour late in
# spring.
_LONDON = """BEGIN:VTIMEZONE
TZID:Europe/London
BEGIN:DAYLIGHT
DTSTART:19960331T010000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:BST
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T020000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:GMT
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
END:STANDARD
END:VTIMEZONE
"""
_again_after = timedelta(hours=1)
_never_in_a_text = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")  # RFC 5545, section 3.3.11


class CalendarResponse(Response):
    """A calendar that programs read."""

    media_type = media_type


def router(reading: Reading, *, trust: str | None = None) -> APIRouter:
    """The feed of a trust: of this one, else of the one that the pages show."""
    routes = APIRouter(tags=["reports"])

    @routes.get(
        path, response_class=CalendarResponse, responses={304: _unchanged, **documented(400, 401, 403, 404, 503)}
    )
    async def feed(
        request: Request,
        as_of: Moment = None,
        school: School = None,
        if_none_match: Annotated[str | None, Header(description="The ETag of the feed that you have.")] = None,
    ) -> Response:
        """Every session of the trust as iCalendar, to subscribe to; with `school`, that school's and the trust's."""
        check_school(school)
        async with reading(_needs, as_of) as view:
            trustuid, name = await framing.trust_of(view.conn, trust)
            rows = await calendar.rows(view.conn, at=view.at, school=school, trust=trustuid) if trustuid else []
        content = feed_of(rows, name, str(request.base_url))
        tag = f'"{sha256(content).hexdigest()}"'
        headers = {"ETag": tag, "Cache-Control": "no-cache"}
        if tag in (if_none_match or ""):
            return Response(status_code=304, headers=headers)
        return CalendarResponse(content, headers=headers)

    return routes


def feed_of(rows: Iterable[Mapping[str, Any]], trust: str, address: str) -> bytes:
    """The feed.

    Args:
        rows: of the report `calendar`.
        trust: the trust's name.
        address: where the pages are, with a slash at its end.
    """
    feed = Calendar()
    feed.add("prodid", "-//Baton//Calendar//EN")
    feed.add("version", "2.0")
    feed.add("calscale", "GREGORIAN")
    feed.add("x-wr-calname", _text(f"{trust}: training"))
    feed.add("x-wr-timezone", "Europe/London")
    feed.add("refresh-interval", _again_after, parameters={"VALUE": "DURATION"})
    feed.add_component(Timezone.from_ical(_LONDON))
    for row in rows:
        feed.add_component(_event(row, address))
    content: bytes = feed.to_ical()
    return content


def meeting_ics(school: SchoolPage, held_at: datetime, address: str, link: str | None) -> bytes:
    """A school's leadership meeting with its standard items, to put into a calendar; with a link also how to answer."""
    feed, event = Calendar(), Event()
    feed.add("prodid", "-//Baton//Agenda//EN")
    feed.add("version", "2.0")
    feed.add_component(Timezone.from_ical(_LONDON))
    event.add("uid", f"{school.urn}-{held_at.astimezone(UTC):%Y%m%dT%H%M%SZ}@{_meeting_domain}")
    event.add("dtstamp", school.frame.at)
    event.add("dtstart", _in_london(held_at))
    event.add("dtend", _in_london(held_at + _a_meeting))
    event.add("summary", _text(f"Leadership meeting: {school.name}"))
    items = [f"{number}. {question.title}: {question.asked}" for number, question in enumerate(school.questions, 1)]
    answers = [f"Answer here once, by phone: {link}"] if link else []
    event.add("description", _text("\n".join(["Standard items of the trust:", *items, *answers])))
    event.add("url", f"{address}schools/{school.urn}/agenda")
    feed.add_component(event)
    content: bytes = feed.to_ical()
    return content


def _event(row: Mapping[str, Any], address: str) -> Event:
    event = Event()
    event.add("uid", f"{row['session_id']}@{_domain}")
    event.add("sequence", row["sequence"])
    event.add("status", row["status"].upper())
    event.add("created", row["scheduled_at"])
    event.add("last-modified", row["changed_at"])
    event.add("dtstamp", row["changed_at"])  # without METHOD: when this was last revised
    event.add("dtstart", _in_london(row["starts_at"]))
    event.add("dtend", _in_london(row["ends_at"]))
    event.add("summary", _text(row["programme"] or "Training session"))
    event.add("location", _text(row["where"]))
    if description := _description(row):
        event.add("description", _text(description))
    if row["kind"]:
        event.add("categories", [row["kind"]])
    event.add("url", f"{address}reports/calendar#{row['session_id']}")
    return event


def _description(row: Mapping[str, Any]) -> str:
    """What became of it, and how to join."""
    became = {"cancelled": "Cancelled", "confirmed": "Moved"}[row["status"]]
    return "\n".join(text for text in (row["reason"] and f"{became}: {row['reason']}", row["how_to_join"]) if text)


def _in_london(when: datetime) -> datetime:
    """On the clock in London; in UTC in the hour that this clock shows twice."""
    local = when.astimezone(london)
    return when.astimezone(UTC) if local.fold else local


def _text(text: str) -> vText:
    """Without what no calendar may hold."""
    return _Text(_never_in_a_text.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


class _Text(vText):
    r"""A text in which `S:\New` stays: the library takes every `\N` for the end of a line."""

    def to_ical(self) -> bytes:
        return rb"\\N".join(vText(part).to_ical() for part in self.split(r"\N"))
