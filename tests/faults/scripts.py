"""What the clients of a fault run say: two trusts, their schools, and what goes on in them. No two things are alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from tests.faults.load import Claim, Script

RAGS = ("red", "amber", "green")
_DAY = timedelta(days=1)
_LONGEST = 30  # events of a stream; then another one is begun


@dataclass(frozen=True, slots=True)
class Trust:
    """A trust, its reference and its schools."""

    uid: str
    ref: str
    urns: tuple[str, ...]


TRUSTS = (Trust("99001", "TR99001", ("900001", "900002")), Trust("99002", "TR99002", ("900003", "900004")))


def named(name: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"faults/{name}")


def register(trust: Trust) -> list[list[Claim]]:
    """What talent has to know of a trust before its schools are listened to."""
    joined = [
        _talent(trust, f"join-{urn}", "SchoolJoinedTrust", urn=urn, name=urn, phase="primary", joined_on="2020-09-01")
        for urn in trust.urns
    ]
    return [[_talent(trust, f"trust-{trust.uid}", "TrustRegistered", trust_ref=trust.ref, name=trust.uid)], joined]


def programme(trust: Trust) -> list[Claim]:
    """The programme that all sessions are of."""
    data = {
        "programme_id": _programme(trust),
        "trustuid": trust.uid,
        "title": "Reading",
        "kind": "course",
        "cost_pence": 0,
    }
    return [_claim("cpd", trust, f"programme-{trust.uid}", "ProgrammePublished", data)]


def questions(trust: Trust, items: int) -> list[list[Claim]]:
    """What collaboration asks the schools of a trust."""
    today = datetime.now(UTC)
    cycle: dict[str, Any] = {
        "cycle": _cycle(today),
        "starts_on": _date(today - 30 * _DAY),
        "ends_on": _date(today + 60 * _DAY),
    }
    focus: dict[str, Any] = {
        "focus_id": str(named(f"focus-{trust.uid}")),
        "title": "Reading",
        "principle": "children_first",
        "question": "How is it going?",
        "starts_on": _date(today - 30 * _DAY),
    }
    asked: list[dict[str, Any]] = [
        {
            "item_id": _item(trust, n),
            "focus_id": focus["focus_id"],
            "cycle": cycle["cycle"],
            "applies_to": trust.urns,
            "due_by": (today + 30 * _DAY).isoformat(),
        }
        for n in range(items)
    ]
    return [
        [_collaboration(trust, f"cycle-{trust.uid}", "CycleOpened", **cycle)],
        [_collaboration(trust, f"focus-{trust.uid}", "FocusAreaSet", **focus)],
        [
            _collaboration(trust, f"item-{trust.uid}-{n}", "StandardAgendaItemIssued", **data)
            for n, data in enumerate(asked)
        ],
    ]


def role_counts(trust: Trust, client: str, streams: int) -> Script:
    """A trust that declares and declares again: every stream once in a batch, each time one more."""
    for turn in count():
        generation, times = turn // _LONGEST, turn % _LONGEST + 1
        yield [
            _talent(
                trust,
                f"{client}-{n}-{turn}",
                "RoleCountDeclared",
                line=f"{client}-{n}-{generation}",
                area=f"{client} {generation} {n}",
                scheme="NLE",
                role="leader",
                count=times,
                as_at="2026-11-02",
            )
            for n in range(streams)
        ]


def sessions(trust: Trust, urn: str, client: str, streams: int) -> Script:
    """A school that schedules sessions, and moves each of them again and again."""
    day = datetime.now(UTC).replace(microsecond=0) + 7 * _DAY
    times = {"starts_at": day.isoformat(), "ends_at": (day + timedelta(hours=1)).isoformat()}
    for turn in count():
        generation, room = divmod(turn, _LONGEST)
        batch = []
        for n in range(streams):
            line = f"{client}-{n}-{generation}"
            session = {"session_id": str(named(line)), **times, "where": f"room {room}"}
            if room == 0:
                of = {"programme_id": _programme(trust), "trustuid": trust.uid, "scope": "school", "urn": urn}
                session |= of
            kind = "SessionScheduled" if room == 0 else "SessionRescheduled"
            batch.append(_claim("cpd", trust, f"{client}-{n}-{turn}", kind, session, line=line))
        yield batch


def meetings(trust: Trust, urn: str, client: str, items: int) -> Script:
    """A school whose leadership team answers one question a meeting: three events in three streams, or none."""
    for n in range(items):
        answer: dict[str, Any] = {"item_id": _item(trust, n), "urn": urn, "rag": RAGS[n % len(RAGS)]}
        if n % 4 == 0:
            answer |= {"needs_help": True, "help_dimension": "time"}
        data = {
            "meeting_id": str(named(f"{client}-{n}")),
            "urns": [urn],
            "held_at": (datetime.now(UTC) - timedelta(hours=1)).isoformat(),
            "answers": [answer],
        }
        yield [_collaboration(trust, f"{client}-{n}", "LeadershipTeamMeetingHeld", events=3, **data)]


def _talent(trust: Trust, id_: str, kind: str, *, line: str | None = None, **data: Any) -> Claim:
    return _claim("talent", trust, id_, kind, {"trustuid": trust.uid, **data}, line=line)


def _collaboration(trust: Trust, id_: str, kind: str, *, events: int = 1, **data: Any) -> Claim:
    content = {name: value for name, value in {"trustuid": trust.uid, **data}.items() if value is not None}
    return _claim("collaboration", trust, id_, kind, content, events=events)


def _claim(
    service: str, trust: Trust, id_: str, kind: str, data: dict[str, Any], *, line: str | None = None, events: int = 1
) -> Claim:
    type_ = f"uk.mat.{service}.{kind}.v1"
    return Claim(id=id_, service=service, trustuid=trust.uid, type=type_, data=data, line=line, events=events)


def _programme(trust: Trust) -> str:
    return str(named(f"programme-{trust.uid}"))


def _item(trust: Trust, n: int) -> str:
    return str(named(f"item-{trust.uid}-{n}"))


def _cycle(day: datetime) -> str:
    return f"{day.year}/{(day.year + 1) % 100:02}-F1"


def _date(when: datetime) -> str:
    return when.date().isoformat()
