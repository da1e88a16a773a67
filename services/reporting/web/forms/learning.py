"""The form of training: a place in a session."""

from __future__ import annotations

from services.reporting.reports import calendar
from services.reporting.web.forms.form import Asking, Field, Form, Option
from services.reporting.web.forms.people_choices import people, place
from services.reporting.web.words import moment
from shared.contracts.cpd.programmes import Funding


async def sessions(asking: Asking) -> list[Option]:
    """Sessions that are still to come, the next one first."""
    found = await calendar.rows(asking.view.conn, at=asking.view.at, school=None, trust=asking.trustuid)
    return [
        Option(row["session_id"], f"{row['programme'] or 'Training'}, {moment(row['starts_at'])}, {row['where']}")
        for row in found
        if row["status"] == "confirmed" and row["starts_at"] > asking.view.at
    ]


book = Form(
    name="book-a-place",
    title="Book a place",
    about="A place in a training session; where it is full, one that becomes free.",
    button="Book it",
    done="The place is booked, or waited for where the session is full.",
    service="cpd",
    path="/sessions/{session_id}/book",
    needs=("calendar", "people"),
    first=place,
    fields=[
        Field(name="session_id", label="Which session?", type=str, options=sessions),
        Field(name="person", label="For whom?", type=str, options=people, parts=("person_id", "urn")),
        Field(name="funded_by", label="Who pays?", type=Funding, required=False),
    ],
)

forms = (book,)
