"""What can be done about what a page shows: each act is a form, filled in as far as the page knows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from services.reporting.read_models.reading import View
from services.reporting.seeing.rights import can, side_of
from services.reporting.signing_in.sessions import Person
from services.reporting.web.forms import forms
from services.reporting.web.forms.loop_choices import value_of
from services.reporting.web.heading import needs_you

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """Something that can be done.

    Attributes:
        name: as a link says it.
        form: the name of the form that does it; `given`: what it is filled in with.
        trustuid, urn: whose leaders may do it; no URN: those of every school.
        side: whose word it is, where each side has its own.
    """

    name: str
    form: str
    given: Mapping[str, Any]
    trustuid: str
    urn: str | None = None
    side: str | None = None

    @property
    def href(self) -> str:
        return f"/do/{self.form}?{urlencode({name: text for name, text in self.given.items() if text is not None})}"


def allowed(acts: Iterable[Act], person: Person | None, view: View) -> tuple[Act, ...]:
    """Those that somebody may do; nothing is done about how it was at another moment."""
    if person is None or view.as_of is not None:
        return ()
    return tuple(
        act
        for act in acts
        if forms[act.form].for_(person) and _concerns(person, act) and act.side in (None, side_of(person))
    )


def _concerns(person: Person, act: Act) -> bool:
    if act.urn is None:
        return person.principal.trustuid == act.trustuid
    return can(person, "act", trustuid=act.trustuid, urn=act.urn)


def of_row(model: str, row: Row, at: datetime) -> Iterable[Act]:
    """What can be done at a moment about a row of a report."""
    over = model == "calendar" and row["starts_at"] <= at
    return _of_rows[model](row) if model in _of_rows and not over else ()


def of_answer(row: Row) -> Iterator[Act]:
    """About an answer that is off track or asks for help: a row of the report `loop`."""
    if row["acknowledged_at"] is None:
        yield _about(row, "Acknowledge", "acknowledge")
    if row["responded_at"] is None:
        yield _about(row, "Respond", "respond")
    if row["action_agreed_at"] is None:
        yield _about(row, "Agree an action", "agree-action")


def of_action(row: Row) -> Iterator[Act]:
    """About something that was agreed.

    Args:
        row: with `action_id`, `item_id`, `urn`, `trustuid`, `closed_at` and `reviewed_by`.
    """
    about = row["trustuid"], row["urn"]
    if row["closed_at"] is None:
        yield Act("Close the action", "close-action", {"action": f"{row['action_id']}/{row['urn']}"}, *about)
        return
    action = f"{row['action_id']}/{row['item_id']}/{row['urn']}"
    for side in sorted({"school", "trust"} - set(row["reviewed_by"])):
        yield Act("Review the effect", "review-effect", {"action": action}, *about, side=side)


def of_draft(row: Row) -> Act:
    """About a request that was drafted from an answer: with `request_id`, `dimension`, `taker_urn` and `trustuid`."""
    given = {name: row[name] for name in ("request_id", "dimension")}
    return Act("Confirm the request", "confirm-request", given, row["trustuid"], row["taker_urn"])


def of_match(row: Row) -> Iterator[Act]:
    """About a row of the report `matches`: what is suggested is allocated, as far as it covers what is asked for."""
    if row["kind"] == "capacity" and row["offer_id"]:
        given = {name: row[name] for name in ("offer_id", "taker_urn", "request_id", "from_on", "to_on")}
        yield Act("Allocate it", "allocate", {**given, "quantity": row["covers"]}, row["trustuid"])


def _of_cell(row: Row) -> Iterator[Act]:
    """Of the report `focus`: what has come of an answer already, that report does not know."""
    if needs_you(row):
        yield _about(row, "Respond", "respond")


def _of_session(row: Row) -> Iterator[Act]:
    if row["status"] == "confirmed":
        urn = None if row["scope"] == "trust" else row["urn"]
        yield Act("Book a place", "book-a-place", {"session_id": row["session_id"]}, row["trustuid"], urn)


def _of_requests(row: Row) -> Iterator[Act]:
    if row["waiting"]:
        yield Act("Answer", "answer-support", {}, row["trustuid"], row["urn"])


def _about(row: Row, name: str, form: str) -> Act:
    return Act(name, form, {"answer": value_of(row)}, row["trustuid"], row["urn"])


_of_rows: Mapping[str, Callable[[Row], Iterable[Act]]] = {
    "loop": of_answer,
    "focus": _of_cell,
    "matches": of_match,
    "calendar": _of_session,
    "support": _of_requests,
}
