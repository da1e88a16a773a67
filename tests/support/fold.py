"""The reports worked out a second time, from exported events in plain Python: what the platform's own are held against.

It shares nothing with the services: no import, no table, no SQL. Each report is written from its definition (what its
docstring promises, and "latest" as the domain means it), in the plainest way that can be read. Speed is no concern.

An event is a line of `baton events export` as a dict. A row has the report's columns by their names; times are aware
datetimes, everything else is as it stands in JSON.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

Event = Mapping[str, Any]
History = Mapping[str, Sequence[Event]]
"""The events of each class, in the order of their service's log."""
Row = dict[str, Any]
Cell = tuple[str, str, str, str]
"""A trust, a cycle, a focus area and a school's URN."""

LONDON = ZoneInfo("Europe/London")
RAGS = ("red", "amber", "green")  # from worst to best
EFFECTS = ("worse", "same", "better")  # from worst to best
SESSION_CHANGES = ("SessionScheduled", "SessionRescheduled", "SessionCancelled")

BANK_HOLIDAYS: Mapping[int, tuple[str, ...]] = {  # of England, as announced on gov.uk/bank-holidays
    2026: ("01-01", "04-03", "04-06", "05-04", "05-25", "08-31", "12-25", "12-28"),
    2027: ("01-01", "03-26", "03-29", "05-03", "05-31", "08-30", "12-27", "12-28"),
}


def known(events: Iterable[Event], at: datetime, upto: tuple[str, int] | None = None) -> History:
    """What had been recorded by a moment, and stood then: what is voided later was still there.

    Args:
        events: all there are, in any order.
        at: events with `time` up to this moment.
        upto: a service and a log index: of this service, nothing with a higher one.
    """
    recorded: list[Event] = []
    versions: dict[tuple[str, str], int] = {}
    for event in sorted(events, key=lambda event: (event["service"], event["logindex"])):
        too_late = instant(event["time"]) > at
        beyond = upto is not None and event["service"] == upto[0] and event["logindex"] > upto[1]
        stream = (event["service"], event["stream"])
        follows = event["version"] == versions.get(stream, 0) + 1  # of a stream, only what has no hole before it
        if follows and not too_late and not beyond:
            versions[stream] = event["version"]
            recorded.append(event)

    void = {event["data"]["event_id"] for event in recorded if _class(event) == "RecordVoided"}
    found: dict[str, list[Event]] = defaultdict(list)
    for event in recorded:
        if event["id"] not in void:
            found[_class(event)].append(event)
    return dict(found)


def _class(event: Event) -> str:
    """Its class: uk.mat.collaboration.FocusAreaSet.v1 is a FocusAreaSet."""
    name: str = event["type"].split(".")[3]
    return name


# How are we doing on what we agreed?


def focus(history: History, at: datetime) -> list[Row]:
    """One row a school, focus area and cycle in which an item was issued to it; `history` is what was known at `at`."""
    items = _items_by_cell(history)
    answers = _answers_by_item_and_school(history)
    register = Register(history, at)
    titles = _titles(history)
    told = {cell: _answer_that_stands(cell, issued, answers) for cell, issued in items.items()}
    states = {cell: _state(cell, issued, told[cell], register, at) for cell, issued in items.items()}
    before = _cells_before(history, told, register)

    rows = []
    for cell, issued in items.items():
        trustuid, cycle, focus_id, urn = cell
        previous = states[before[cell]] if cell in before else None
        rows.append(
            {
                "trustuid": trustuid,
                "cycle": cycle,
                "focus_id": focus_id,
                "title": titles.get(focus_id),
                "urn": urn,
                "school": register.name(trustuid, urn),
                "current_urn": register.current_urn(trustuid, urn),
                "state": states[cell],
                "rag": states[cell] if states[cell] in RAGS else None,
                "previous_state": previous,
                "trend": _trend(previous, states[cell]),
                "due_by": _first_due(issued),
                **_what_was_answered(told[cell]),
            }
        )
    return rows


def _items_by_cell(history: History) -> dict[Cell, list[Event]]:
    cells: dict[Cell, list[Event]] = defaultdict(list)
    for event in _of(history, "StandardAgendaItemIssued"):
        item = event["data"]
        for urn in item["applies_to"]:
            cells[item["trustuid"], item["cycle"], item["focus_id"], urn].append(event)
    return cells


def _first_due(issued: Sequence[Event]) -> datetime:
    return min(instant(event["data"]["due_by"]) for event in issued)


def _state(cell: Cell, issued: Sequence[Event], told: Sequence[Event], register: Register, at: datetime) -> str:
    if told:
        rag: str = told[-1]["data"]["rag"]
        return rag
    trustuid, _, _, urn = cell
    due_by = _first_due(issued)
    if due_by < at and register.was_member(trustuid, urn, due_by.astimezone(LONDON).date()):
        return "overdue"
    return "no_answer"


def _answer_that_stands(
    cell: Cell, issued: Sequence[Event], answers: Mapping[tuple[str, str], list[Event]]
) -> list[Event]:
    """The answer of one meeting and its corrections, the last of which stands; empty without an answer.

    Within the stream of an item and a school the highest version stands, across items the latest `happenedat`.
    """
    streams = [answers.get((event["data"]["item_id"], cell[-1]), []) for event in issued]
    last_of_each = [stream[-1] for stream in streams if stream]
    if not last_of_each:
        return []
    stands = max(last_of_each, key=_when_and_where)
    every = answers[stands["data"]["item_id"], cell[-1]]
    return [event for event in every if event["data"]["meeting_id"] == stands["data"]["meeting_id"]]


def _what_was_answered(told: Sequence[Event]) -> Row:
    """The columns that the answer that stands fills; `told` are its meeting's answer and the corrections of that."""
    if not told:
        about = ("answered_at", "recorded_at", "meeting_id", "item_id", "event_id", "late")
        said = ("needs_help", "help_dimension", "comment_given", "disadvantaged_note_given")
        return {**dict.fromkeys((*about, *said)), "corrections": 0}
    given, stands = told[0]["data"], told[-1]["data"]
    return {
        "answered_at": instant(given["held_at"]),
        "recorded_at": instant(told[-1]["time"]),
        "meeting_id": stands["meeting_id"],
        "late": given.get("late", False),
        "needs_help": stands.get("needs_help", False),
        "help_dimension": stands.get("help_dimension"),
        "comment_given": stands.get("comment") is not None,
        "disadvantaged_note_given": stands.get("disadvantaged_note") is not None,
        "item_id": stands["item_id"],
        "event_id": told[-1]["id"],
        "corrections": len(told) - 1,
    }


def _trend(before: str | None, now: str) -> str | None:
    if before not in RAGS or now not in RAGS:
        return None
    return _compared(before, now)


def _cells_before(history: History, told: Mapping[Cell, Sequence[Event]], register: Register) -> dict[Cell, Cell]:
    """Of each cell, that of the same focus area and school in the cycle before, where it was asked then.

    A school is the same by the URN that it goes by now; where it was asked under several, its latest answer counts, and
    where none was answered the lowest URN.
    """
    cycle_before = _cycles_before(history)
    found: dict[Cell, Cell] = {}
    for cell in told:
        trustuid, cycle, focus_id, urn = cell
        same = [
            other
            for other in sorted(told)
            if other[:3] == (trustuid, cycle_before.get((trustuid, cycle)), focus_id)
            and register.current_urn(trustuid, other[-1]) == register.current_urn(trustuid, urn)
        ]
        answered = [other for other in same if told[other]]
        if answered:
            found[cell] = max(answered, key=lambda other: _when_and_where(told[other][-1]))
        elif same:
            found[cell] = same[0]
    return found


def _cycles_before(history: History) -> dict[tuple[str, str], str]:
    """Of each trust and cycle, the cycle of that trust that started just before."""
    starts = {
        (event["data"]["trustuid"], event["data"]["cycle"]): date.fromisoformat(event["data"]["starts_on"])
        for event in _of(history, "CycleOpened")
    }
    before = {}
    for (trustuid, cycle), starts_on in starts.items():
        earlier = [(day, name) for (trust, name), day in starts.items() if trust == trustuid and day < starts_on]
        if earlier:
            before[trustuid, cycle] = max(earlier)[1]
    return before


# Is the loop closed?


def loop(history: History, at: datetime) -> list[Row]:
    """One row an answer that is, after corrections, red or asks for help; `history` is what was known at `at`."""
    register = Register(history, at)
    titles = _titles(history)
    items = {event["data"]["item_id"]: event["data"] for event in _of(history, "StandardAgendaItemIssued")}
    rows = []
    for (item_id, urn), stream in _answers_by_item_and_school(history).items():
        if item_id not in items:
            continue  # it should not have been asked, and is void
        for meeting_id in dict.fromkeys(event["data"]["meeting_id"] for event in stream):
            told = [event for event in stream if event["data"]["meeting_id"] == meeting_id]
            if not _asks_for_something(told[-1]):
                continue
            item, given, stands = items[item_id], told[0], told[-1]["data"]
            rows.append(
                {
                    "trustuid": item["trustuid"],
                    "cycle": item["cycle"],
                    "focus_id": item["focus_id"],
                    "title": titles.get(item["focus_id"]),
                    "item_id": item_id,
                    "meeting_id": meeting_id,
                    "urn": urn,
                    "school": register.name(item["trustuid"], urn),
                    "rag": stands["rag"],
                    "needs_help": stands.get("needs_help", False),
                    "help_dimension": stands.get("help_dimension"),
                    "event_id": told[-1]["id"],
                    "first_event_id": given["id"],
                    **_how_it_came_in(history, given),
                    **_what_followed(history, told, at),
                }
            )
    return rows


def _asks_for_something(event: Event) -> bool:
    return bool(event["data"]["rag"] == "red" or event["data"].get("needs_help"))


def _how_it_came_in(history: History, given: Event) -> Row:
    """When the team met, and when the first report was submitted that was recorded at or after the answer."""
    held_at = instant(given["data"]["held_at"])
    reports = [
        instant(event["data"]["submitted_at"])
        for event in _of(history, "MeetingReportSubmitted", meeting_id=given["data"]["meeting_id"])
        if instant(event["time"]) >= instant(given["time"])
    ]
    submitted_at = reports[0] if reports else None
    return {
        "held_at": held_at,
        "submitted_at": submitted_at,
        "school_delay_ms": _milliseconds(submitted_at - held_at) if submitted_at else None,
    }


def _what_followed(history: History, told: Sequence[Event], at: datetime) -> Row:
    """What became of an answer from when it was raised: when it first was red or asked for help."""
    raised = next(event for event in told if _asks_for_something(event))
    about = {name: raised["data"][name] for name in ("item_id", "urn", "meeting_id")}
    acknowledged = _first_after(raised, _of(history, "TrustAcknowledged", **about))
    responded = _first_after(raised, _of(history, "TrustResponseGiven", **about))
    read = _first_after(responded, _of(history, "ResponseRead", **about)) if responded else None

    agreed = _of(history, "ActionAgreed", **about)
    agreed_at = [instant(event["happenedat"]) for event in agreed]
    closed_at = [instant(event["happenedat"]) for event in _closings(history, agreed)]
    effect = _effect(history, agreed)

    raised_at = instant(raised["time"])
    happened = {
        "acknowledged_at": instant(acknowledged["happenedat"]) if acknowledged else None,
        "responded_at": instant(responded["happenedat"]) if responded else None,
        "read_at": instant(read["happenedat"]) if read else None,
        "action_agreed_at": min(agreed_at, default=None),
        "action_closed_at": max(closed_at) if agreed and len(closed_at) == len(agreed) else None,
        "effect_reviewed_at": effect["effect_reviewed_at"],
    }
    return {
        "raised_at": raised_at,
        **happened,
        "actions": len(agreed),
        "effect": effect["effect"],
        "help_still_needed": effect["help_still_needed"],
        "acknowledged_within_2_working_days": _within_two_working_days(raised_at, happened["acknowledged_at"], at),
        "days_to_acknowledge": _days(raised_at, happened["acknowledged_at"]),
        "days_to_respond": _days(raised_at, happened["responded_at"]),
        "days_to_read": _days(raised_at, happened["read_at"]),
        "days_to_agree": _days(raised_at, happened["action_agreed_at"]),
        "days_to_close": _days(raised_at, happened["action_closed_at"]),
        "days_to_effect": _days(raised_at, happened["effect_reviewed_at"]),
    }


def _first_after(event: Event, candidates: Sequence[Event]) -> Event | None:
    """The first of the same stream with a higher version."""
    return next((c for c in candidates if c["stream"] == event["stream"] and c["version"] > event["version"]), None)


def _closings(history: History, agreed: Sequence[Event]) -> list[Event]:
    actions = [event["data"]["action_id"] for event in agreed]
    return [event for event in _of(history, "ActionClosed") if event["data"]["action_id"] in actions]


def _effect(history: History, agreed: Sequence[Event]) -> Row:
    """What both sides say of all actions; nothing until both have looked at every one."""
    looks: list[Event] = []
    for action in agreed:
        last_look_of = {
            event["data"]["reviewed_by"]: event
            for event in _of(history, "EffectReviewed", action_id=action["data"]["action_id"])
        }
        if set(last_look_of) != {"school", "trust"}:
            looks = []
            break
        looks += last_look_of.values()
    if not looks:
        return {"effect_reviewed_at": None, "effect": None, "help_still_needed": None}
    effects = [_compared(event["data"]["rag_before"], event["data"]["rag_after"]) for event in looks]
    return {
        "effect_reviewed_at": max(instant(event["happenedat"]) for event in looks),
        "effect": min(effects, key=EFFECTS.index),
        "help_still_needed": any(event["data"]["help_still_needed"] for event in looks),
    }


def _milliseconds(delay: timedelta) -> int:
    """To the nearest; a half goes away from zero."""
    microseconds = delay // timedelta(microseconds=1)
    return int((Decimal(microseconds) / 1000).quantize(Decimal(1), ROUND_HALF_UP))


def _days(start: datetime, end: datetime | None) -> float | None:
    return None if end is None else round((end - start) / timedelta(days=1), 2)


def _within_two_working_days(raised_at: datetime, acknowledged_at: datetime | None, at: datetime) -> bool | None:
    """None while it is still to come."""
    over = end_of_second_working_day(raised_at)
    if acknowledged_at is not None:
        return acknowledged_at < over
    return None if at < over else False


def end_of_second_working_day(after: datetime) -> datetime:
    """The midnight in London at which the second working day after the day of this moment is over."""
    day = after.astimezone(LONDON).date()
    for _ in range(2):
        day += timedelta(days=1)
        while not is_working_day(day):
            day += timedelta(days=1)
    return datetime.combine(day + timedelta(days=1), time(), LONDON)


def is_working_day(day: date) -> bool:
    saturday = 5
    return day.weekday() < saturday and f"{day:%m-%d}" not in BANK_HOLIDAYS[day.year]


# What training can I go to, where, how?


def calendar(history: History, at: datetime) -> list[Row]:
    """One row a session, cancelled ones too; `history` is what was known at `at`."""
    register = Register(history, at)
    programmes = {event["data"]["programme_id"]: event for event in _of(history, "ProgrammePublished")}
    changes: dict[str, list[Event]] = defaultdict(list)
    for event in _of(history, *SESSION_CHANGES):
        changes[event["data"]["session_id"]].append(event)
    taken_back: dict[str, list[Event]] = defaultdict(list)
    for event in _of(history, "RecordVoided"):
        if event["data"]["event_type"].split(".")[3] in SESSION_CHANGES:
            taken_back[event["stream"]].append(event)
    sessions = [
        _session(events, taken_back[events[0]["stream"]], programmes, register)
        for events in changes.values()
        if "SessionScheduled" in events[0]["type"]
    ]
    for one in sessions:
        clashing = sorted(other["session_id"] for other in sessions if other is not one and _clash(one, other))
        one |= {"clashes": len(clashing), "clashing_ids": clashing}
    return sessions


def _session(
    changes: Sequence[Event], taken_back: Sequence[Event], programmes: Mapping[str, Event], register: Register
) -> Row:
    scheduled = changes[0]["data"]
    stands = [event["data"] for event in changes if "starts_at" in event["data"]][-1]
    cancelled = any("SessionCancelled" in event["type"] for event in changes)
    programme = programmes.get(scheduled["programme_id"])
    offer = programme["data"] if programme else {}
    trustuid, urn = scheduled["trustuid"], scheduled.get("urn")
    return {
        **{name: scheduled[name] for name in ("trustuid", "session_id", "programme_id", "scope")},
        "programme": offer.get("title"),
        "kind": offer.get("kind"),
        "urn": urn,
        "school": register.name(trustuid, urn) if urn else None,
        "current_urn": register.current_urn(trustuid, urn) if urn else None,
        "starts_at": instant(stands["starts_at"]),
        "ends_at": instant(stands["ends_at"]),
        "where": stands["where"],
        "how_to_join": scheduled.get("how_to_join"),
        "places": scheduled.get("places"),
        "audience_stages": offer.get("audience_stages", []) if programme else None,
        "audience_roles": offer.get("audience_roles", []) if programme else None,
        "status": "cancelled" if cancelled else "confirmed",
        "sequence": len(changes) - 1 + 2 * len(taken_back),
        "reason": changes[-1]["data"].get("reason"),
        "scheduled_at": instant(changes[0]["time"]),
        "changed_at": max(instant(event["time"]) for event in (*changes, *taken_back, programme) if event),
        "event_id": changes[-1]["id"],
    }


def _clash(one: Row, other: Row) -> bool:
    """Whether somebody is asked to both at the same time."""
    return bool(
        one["trustuid"] == other["trustuid"]
        and one["status"] == other["status"] == "confirmed"
        and max(one["starts_at"], other["starts_at"]) < min(one["ends_at"], other["ends_at"])
        and ("trust" in (one["scope"], other["scope"]) or one["current_urn"] == other["current_urn"])
        and all(
            not one[audience] or not other[audience] or set(one[audience]) & set(other[audience])
            for audience in ("audience_stages", "audience_roles")
        )
    )


# Which system leaders are there?


def roles(history: History, _at: datetime) -> list[Row]:
    """One row an area and scheme, as last declared. What a scheme's holders do (`functions`) stands in no event."""
    last = {event["stream"]: event for event in _of(history, "RoleCountDeclared")}
    return [
        {
            **{name: event["data"][name] for name in ("trustuid", "area", "scheme", "role", "as_at")},
            **{name: event["data"].get(name) for name in ("count", "not_known_reason", "schools_sponsored")},
            "basis": "declared",
            "event_id": event["id"],
        }
        for event in last.values()
    ]


@dataclass(frozen=True, slots=True)
class Report:
    """How a report is worked out.

    Attributes:
        key: the columns that tell its rows apart.
        not_in_events: the columns that are left out, because no event has them.
    """

    rows: Callable[[History, datetime], list[Row]]
    key: tuple[str, ...]
    not_in_events: frozenset[str] = frozenset()


reports: Mapping[str, Report] = {
    "focus": Report(focus, ("trustuid", "cycle", "focus_id", "urn")),
    "loop": Report(loop, ("item_id", "urn", "meeting_id"), frozenset({"visible_at", "platform_delay_ms"})),
    "calendar": Report(calendar, ("session_id",)),
    "roles": Report(roles, ("trustuid", "area", "scheme"), frozenset({"functions"})),
}


def rows(model: str, events: Iterable[Event], at: datetime, upto: tuple[str, int] | None = None) -> list[Row]:
    """A report as of a moment: of what was known then, judged as if that were now."""
    return reports[model].rows(known(events, at, upto), at)


def first_difference(model: str, published: Sequence[Row], expected: Sequence[Row]) -> str | None:
    """What differs between the platform's rows, as they stand in JSON, and the fold's; None when they are equal."""
    report = reports[model]
    ours = {_key(report, row): row for row in expected}
    theirs = {_key(report, row): row for row in published}
    if len(theirs) < len(published):
        return f"{model}: {len(published)} rows, and only {len(theirs)} of them differ in {', '.join(report.key)}"
    for key in sorted(ours.keys() | theirs.keys()):
        name = f"{model}, the row of {' '.join(key)}"
        if key not in theirs:
            return f"{name}: the report has none, the fold has {ours[key]}"
        if key not in ours:
            return f"{name}: the fold has none, the report has {theirs[key]}"
        row = {column: value for column, value in theirs[key].items() if column not in report.not_in_events}
        if row.keys() != ours[key].keys():
            return f"{name}: only one of the two has the columns {', '.join(sorted(row.keys() ^ ours[key].keys()))}"
        for column, value in ours[key].items():
            given = instant(row[column]) if isinstance(value, datetime) and row[column] is not None else row[column]
            if given != value or type(given) is not type(value):
                return f"{name}: {column} is {given!r} in the report and {value!r} in the fold"
    return None


def _key(report: Report, row: Row) -> tuple[str, ...]:
    return tuple(row[column] for column in report.key)


# What the reports share


class Register:
    """Which schools there are: what they are called, which URN they go by now, when they were members of a trust."""

    def __init__(self, history: History, at: datetime) -> None:
        today = at.astimezone(LONDON).date()
        self._names: dict[tuple[str, str], str] = {}
        self._successors: dict[tuple[str, str], str] = {}
        self._spells: dict[tuple[str, str], list[tuple[date, date]]] = defaultdict(list)
        """From the first day inside to the first day outside."""
        for event in _of(history, "SchoolJoinedTrust"):
            school = event["data"]
            self._names[school["trustuid"], school["urn"]] = school["name"]
        for event in _of(history, "SchoolJoinedTrust", "SchoolLeftTrust"):
            school = event["data"]
            spells = self._spells[school["trustuid"], school["urn"]]
            if "joined_on" in school:
                spells.append((date.fromisoformat(school["joined_on"]), date.max))
            else:
                spells[-1] = (spells[-1][0], date.fromisoformat(school["left_on"]))
        for event in _of(history, "SchoolUrnSucceeded"):
            school = event["data"]
            if date.fromisoformat(school["on"]) <= today:
                self._successors[school["trustuid"], school["from_urn"]] = school["to_urn"]

    def name(self, trustuid: str, urn: str) -> str:
        """What a school is called; its URN where the register does not know it."""
        return self._names.get((trustuid, urn), urn)

    def current_urn(self, trustuid: str, urn: str) -> str:
        """The URN at the end of the successions; of a ring of them, where it began."""
        passed = [urn]
        while (following := self._successors.get((trustuid, passed[-1]))) is not None:
            if following in passed:
                return urn
            passed.append(following)
        return passed[-1]

    def was_member(self, trustuid: str, urn: str, day: date) -> bool:
        """Whether a school was a member on a day; one that the register does not know is taken for one."""
        if (trustuid, urn) not in self._names:
            return True
        return any(first <= day < outside for first, outside in self._spells[trustuid, urn])


def _answers_by_item_and_school(history: History) -> dict[tuple[str, str], list[Event]]:
    """Every answer and correction, by item and school, in the order of their stream."""
    answers: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in _of(history, "AgendaItemFeedbackGiven", "FeedbackCorrected"):
        answers[event["data"]["item_id"], event["data"]["urn"]].append(event)
    return dict(answers)


def _titles(history: History) -> dict[str, str]:
    return {event["data"]["focus_id"]: event["data"]["title"] for event in _of(history, "FocusAreaSet")}


def _compared(before: str, after: str) -> str:
    difference = RAGS.index(after) - RAGS.index(before)
    return "same" if difference == 0 else "better" if difference > 0 else "worse"


def _of(history: History, *classes: str, **having: Any) -> list[Event]:
    """The events of some classes of one service whose fields have these values, in the order of its log."""
    found = [
        event
        for name in classes
        for event in history.get(name, ())
        if all(event["data"][field] == value for field, value in having.items())
    ]
    return sorted(found, key=lambda event: event["logindex"])


def _when_and_where(event: Event) -> tuple[datetime, str, int]:
    """What orders events of several streams."""
    return instant(event["happenedat"]), event["service"], event["logindex"]


def instant(text: str) -> datetime:
    """The moment of an RFC 3339 text.

    Raises:
        ValueError: it has no zone.
    """
    when = datetime.fromisoformat(text)
    if when.tzinfo is None:
        raise ValueError(f"{text} has no zone")
    return when
