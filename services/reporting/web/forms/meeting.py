"""The form of a school without a system of its own: a leadership meeting, and what it answered to each open item.

Its fields depend on what the school was asked and has not answered. An item without a state was not discussed: it stays
open, and a later meeting may answer it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from services.reporting.web.forms.choices import own_schools
from services.reporting.web.forms.form import Asking, Field, Form, Members, Option, Sent, of_trust, school_leaders
from services.reporting.web.forms.rows import Row, as_id, rows
from services.reporting.web.schools import Member, members
from services.reporting.web.words import moment
from services.reporting.wording import said
from shared.contracts.vocabulary import Answer, Dimension, Instant, Text, Urn

_private = "Only your school and the trust's leaders can read it. Name no pupils."
_confidence = [Option("1", "1, not at all"), *(Option(str(n), str(n)) for n in (2, 3, 4)), Option("5", "5, very")]
_help = [Option(dimension, f"Yes: {said(dimension)}") for dimension in get_args(Dimension)]
_parts = ("rag", "confidence", "comment", "disadvantaged_note", "help_dimension")
_said_by = {"needs_help": "help_dimension", "item_id": "rag", "urn": "rag", "meeting_id": "rag"}
_no_state = "Choose a state, or leave out what you say of it"


async def fields(asking: Asking) -> Sequence[Field]:
    """The meeting's own, and those of each open item of the chosen school."""
    own = await _schools(asking)
    chosen = next((school for school in own if school.urn == asking.chosen.get("urn")), None)
    asked = await _asked(asking, chosen) if chosen else []
    here = [Option(chosen.urn, chosen.name)] if chosen else []
    return [
        Field(name="urn", label="Which school?", type=Urn, kind="select", options=here),
        Field(name="held_at", label="When did the meeting end?", type=Instant),
        *(field for item in asked for field in _of_item(item)),
    ]


async def _schools(asking: Asking) -> list[Member]:
    """Those that somebody speaks for."""
    known = await members(asking.view.conn, asking.trustuid, asking.view.at)
    return [school for school in known if school.urn in asking.person.principal.urns]


async def _asked(asking: Asking, school: Member) -> list[Row]:
    """What is open for a school. What was filled in stays, though it is answered by now: sent twice, it is the same."""
    filled_in = [name.partition(":")[2].partition("/")[0] for name in asking.chosen if name.startswith("comment:")]
    of_school, ids = sorted(school.urns), [item for text in filled_in if (item := as_id(text))]
    return await rows(asking, "open_items", asking.view.at, asking.trustuid, of_school, ids)


def sent(given: Members) -> Sent:
    """The meeting with its answers; each pointer into an answer leads to the field that said it."""
    filled_in = dict.fromkeys(name.partition(":")[2] for name in given if ":" in name)
    wrong = {f"rag:{of_item}": _no_state for of_item in filled_in if f"rag:{of_item}" not in given}
    if not filled_in:
        wrong["urn"] = "Answer one of the items below"
    if wrong:
        return Sent({}, wrong=wrong)
    answers = [_answer(of_item, given) for of_item in filled_in]
    leads = {
        f"/answers/{number}/{member}": f"{_said_by.get(member, member)}:{of_item}"
        for number, of_item in enumerate(filled_in)
        for member in (*_parts, *_said_by)
    }
    meeting = {name: given[name] for name in ("meeting_id", "trustuid", "held_at")}
    return Sent(meeting | {"urns": sorted({answer["urn"] for answer in answers}), "answers": answers}, leads)


def _answer(of_item: str, given: Members) -> dict[str, Any]:
    item_id, urn = of_item.split("/")
    said = {part: given[f"{part}:{of_item}"] for part in _parts if f"{part}:{of_item}" in given}
    if "confidence" in said:
        said["confidence"] = int(said["confidence"])
    return {"item_id": item_id, "urn": urn, "needs_help": "help_dimension" in said, **said}


def _of_item(item: Row) -> list[Field]:
    of_item = f"{item['item_id']}/{item['urn']}"
    due = f"Due by {moment(item['due_by'])}. Leave it out if the meeting did not discuss it."
    return [
        Field(
            name=f"rag:{of_item}",
            label=item["question"] or "How is it going?",
            hint=due,
            type=Answer,
            required=False,
            group=item["title"],
        ),
        Field(
            name=f"confidence:{of_item}",
            label="How sure are you of it?",
            type=str,
            options=_confidence,
            required=False,
        ),
        Field(name=f"comment:{of_item}", label="Comment", hint=_private, type=Text, required=False),
        Field(
            name=f"disadvantaged_note:{of_item}",
            label="What about disadvantaged pupils?",
            hint=_private,
            type=Text,
            required=False,
        ),
        Field(
            name=f"help_dimension:{of_item}",
            label="Do you need help?",
            hint="Leave it empty if you do not.",
            type=Dimension,
            kind="select",
            options=_help,
            required=False,
        ),
    ]


answer = Form(
    name="answer",
    title="Answer the agenda",
    about="What your leadership team said in its meeting: the trust sees it at once.",
    button="Send to the trust",
    done="The trust has your answers.",
    service="collaboration",
    path="/meetings",
    who=school_leaders,
    first=Field(name="urn", label="For which school?", type=Urn, options=own_schools),
    fields=fields,
    new="meeting_id",
    adds=of_trust,
    sent=sent,
)
