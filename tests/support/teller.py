"""Histories that nobody would think of: a story of what the services would not refuse, told by chance."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from shared.contracts import codec
from shared.contracts.collaboration.loop import ActionAgreed, CycleOpened
from shared.contracts.cpd.programmes import SessionScheduled
from shared.contracts.talent.register import SchoolJoinedTrust, SchoolLeftTrust
from shared.decider import AnyDecider, Rejected
from shared.messaging import Delivered
from tests.support.story import TRUST, Story, again, named
from tests.support.voided import PUTTING_RIGHT

START = datetime(2026, 10, 20, 8, tzinfo=UTC)
RAGS = ("red", "red", "amber", "green", "not_applicable")


Act = Callable[[], None]


@dataclass(frozen=True, slots=True)
class _Told:
    event: Any
    delivered: Delivered

    @property
    def version(self) -> int:
        return self.delivered.envelope.version


def line(delivered: Delivered) -> Mapping[str, Any]:
    """An event as `baton events export` tells it."""
    envelope = delivered.envelope
    own = {"service": envelope.service, "stream": envelope.stream, "version": envelope.version}
    return {**json.loads(envelope.meta()), **own, "logindex": delivered.logindex, "data": json.loads(delivered.record)}


@dataclass
class Teller:
    """Tells it step by step; each step is a little later, seldom a little earlier."""

    chance: random.Random
    story: Story = field(default_factory=lambda: Story(now=START))
    trust: str = TRUST
    urns: list[str] = field(default_factory=lambda: [f"90000{n}" for n in range(1, 7)])
    cycles: list[str] = field(default_factory=list)
    items: dict[str, tuple[str, list[str]]] = field(default_factory=dict)
    """The focus area and the schools of each."""
    answered: list[tuple[str, str, str]] = field(default_factory=list)
    """Meeting, item, URN."""
    spells: dict[str, tuple[date, date | None]] = field(default_factory=dict)
    """The last days of joining and of leaving of each URN."""
    actions: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    sessions: list[str] = field(default_factory=list)
    unscheduled: list[str] = field(default_factory=list)
    """Sessions whose scheduling is void: they may be scheduled again, as they should have been."""
    chapters: Sequence[type[Chapter]] = ()
    """What is told besides."""

    def __post_init__(self) -> None:
        self.story.trust = self.trust
        self._chapters = [chapter(self) for chapter in self.chapters]
        for focus in self._focuses:
            self.story.agrees_on(focus, focus.title(), date(2026, 9, 1))

    def tell(self, steps: int) -> Story:
        """The story, so many steps on."""
        acts = (
            [self._joins] * 3
            + [self._leaves, self._leaves, self._succeeds, self._opens, self._opens, self._declares]
            + [self._asks] * 4
            + [self._meets] * 14
            + [self._corrects] * 6
            + [self._replies] * 14
            + [self._acts] * 6
            + [self._closes] * 6
            + [self._reviews] * 12
            + [self._publishes] * 2
            + [self._schedules] * 6
            + [self._moves] * 4
            + [self._cancels] * 2
            + [self._voids] * 8
            + [act for chapter in self._chapters for act in chapter.acts()]
        )
        self.story.trust = self.trust
        for _ in range(steps):
            self._time_passes()
            told = len(self.story.told)
            self.chance.choice(acts)()
            self._some_happened_before(told)
        return self.story

    def _time_passes(self) -> None:
        if self.chance.random() < 0.01:
            self.story.later(hours=-self.chance.uniform(0, 5))  # somebody turned the clock back
        elif self.chance.random() < 0.7:
            self.story.later(microseconds=self.chance.randrange(12 * 3_600 * 10**6))

    def _some_happened_before(self, since: int) -> None:
        for n in range(since, len(self.story.told)):
            if self.chance.random() < 0.3:
                told = self.story.told[n]
                earlier = told.envelope.happened_at - timedelta(minutes=self.chance.randrange(5_000))
                self.story.told[n] = again(told, happened_at=earlier)

    def day(self) -> date:
        """A day within three weeks of now."""
        return self.story.now.date() + timedelta(days=self.chance.randrange(-20, 20))

    @property
    def _focuses(self) -> tuple[str, str]:
        return f"reading {self.trust}", f"maths {self.trust}"

    def _joins(self) -> None:
        urn, day = self.chance.choice(self.urns), self.day()
        _, left_on = self.spells.get(urn, (date.min, date.min))
        if left_on is not None and day >= left_on:
            self.spells[urn] = (day, None)
            self.story.joins(urn, f"School {urn} of {self.story.now:%d %B}", day)

    def _leaves(self) -> None:
        urn, day = self.chance.choice(self.urns), self.day()
        joined_on, left_on = self.spells.get(urn, (date.min, date.min))
        if left_on is None and day > joined_on:
            self.spells[urn] = (joined_on, day)
            self.story.leaves(urn, day)

    def _succeeds(self) -> None:
        old, new = self.chance.sample(self.urns, 2)
        if not any("UrnSucceeded" in d.envelope.type for d in self.stream(f"school-{self.story.trust}-{old}")):
            self.story.becomes(old, new, self.day())

    def _opens(self) -> None:
        cycle = f"2026/27-{self.chance.randrange(6)}"
        if cycle not in self.cycles:
            self.cycles.append(cycle)
            starts_on = date(2026, 11, 2) + timedelta(days=7 * self.chance.randrange(4))
            self.story.opens(cycle, starts_on, starts_on + timedelta(days=13))

    def _asks(self) -> None:
        if self.cycles:
            item, focus = f"item {self.trust} {len(self.items)}", self.chance.choice(self._focuses)
            urns = self.chance.sample(self.urns, self.chance.randrange(1, 6))
            due_by = self.story.now + timedelta(minutes=self.chance.randrange(20_000))
            self.story.asks(item, focus, self.chance.choice(self.cycles), urns, due_by)
            self.items[item] = (focus, urns)

    def _meets(self) -> None:
        if not self.items:
            return
        meeting, held_at = (
            f"meeting {len(self.story.told)}",
            self.story.now - timedelta(hours=self.chance.random() * 60),
        )
        item = self.chance.choice(list(self.items))
        if not self.stream(f"item-{named(item)}"):
            return
        urns = self.items[item][1][: self.chance.randrange(1, 4)]
        self.story.meets(meeting, urns, held_at)
        for urn in urns:
            self.story.answers(meeting, item, urn, self.chance.choice(RAGS), held_at, **self._more())
            self.answered.append((meeting, item, urn))
            if self.chance.random() < 0.7:
                self.story.reports(meeting, 1, len(urns))
            self._time_passes()

    def _more(self) -> dict[str, Any]:
        more: dict[str, Any] = {}
        if self.chance.random() < 0.3:
            more |= {"needs_help": True, "help_dimension": self.chance.choice(("time", "people"))}
        if self.chance.random() < 0.5:
            more["comment"] = "What we think."
        if self.chance.random() < 0.2:
            more["disadvantaged_note"] = "Whom it touches most."
        return more

    def _corrects(self) -> None:
        if self.answered:
            self.story.corrects(*self.chance.choice(self.answered), self.chance.choice(RAGS), **self._more())

    def _replies(self) -> None:
        if self.answered:
            reply = self.chance.choice((self.story.acknowledges, self.story.responds, self.story.reads))
            reply(*self.chance.choice(self.answered))

    def _acts(self) -> None:
        if self.answered:
            action, (meeting, item, urn) = (
                f"action {self.trust} {len(self.story.told)}",
                self.chance.choice(self.answered),
            )
            self.story.acts(action, meeting, item, self.items[item][0], urn)
            self.actions[action] = (meeting, item, urn)

    def _closes(self) -> None:
        if self.actions:
            action = self.chance.choice(list(self.actions))
            if not any("ActionClosed" in d.envelope.type for d in self.stream(f"action-{named(action)}")):
                self.story.closes(action, self.actions[action][2], self.chance.choice(RAGS[:4]))

    def _reviews(self) -> None:
        if self.actions:
            action = self.chance.choice(list(self.actions))
            _, item, urn = self.actions[action]
            before, after = self.chance.choice(RAGS[:4]), self.chance.choice(RAGS[:4])
            side = self.chance.choice(("school", "trust"))
            self.story.reviews(action, item, self.items[item][0], urn, side, before, after)

    def _declares(self) -> None:
        area, scheme = self.chance.choice(("Leicester", "leicester", "York")), self.chance.choice(("NLE", "SLE", "MAT"))
        known = {"count": self.chance.randrange(30)} if self.chance.random() < 0.7 else {"not_known_reason": "No data."}
        self.story.declares(area, scheme, scheme, **known, as_at=self.day())

    def _publishes(self) -> None:
        """Sometimes after its sessions, which stand in other streams."""
        programme = self._programme()
        if not self.stream(f"programme-{named(programme)}"):
            kind = self.chance.choice(("course", "npq", "induction"))
            roles = tuple(self.chance.sample(("head", "deputy", "senco"), self.chance.randrange(3)))
            stages = tuple(self.chance.sample(("stage_1", "stage_2"), self.chance.randrange(2)))
            self.story.publishes(
                programme, kind=kind, audience_roles=roles, audience_stages=stages, cost_pence=4_500 * len(roles)
            )

    def _schedules(self) -> None:
        session = self.unscheduled.pop() if self.unscheduled else f"session {self.trust} {len(self.story.told)}"
        of_a_school: dict[str, Any] = {"scope": "school", "urn": self.chance.choice(self.urns)}
        whose = of_a_school if self.chance.random() < 0.5 else {"urn": self.chance.choice((None, *self.urns))}
        places = self.chance.choice((None, 0, 24))
        join = self.chance.choice((None, "Book a place."))
        starts_at, minutes = self._some_time()
        self.story.schedules(session, self._programme(), starts_at, minutes, places=places, how_to_join=join, **whose)
        self.sessions.append(session)

    def _moves(self) -> None:
        if self.sessions:
            session = self.chance.choice(self.sessions)
            if not any("Cancelled" in d.envelope.type for d in self.stream(f"session-{named(session)}")):
                reason = self.chance.choice((None, "The hall is let."))
                self.story.moves(session, *self._some_time(), reason=reason)

    def _cancels(self) -> None:
        if self.sessions:
            session = self.chance.choice(self.sessions)
            if not any("Cancelled" in d.envelope.type for d in self.stream(f"session-{named(session)}")):
                self.story.cancels(session, self.chance.choice((None, "The speaker is ill.")))

    def _voids(self) -> None:
        """Something that is wrong, as far as the services would let it go; then the story goes on without it."""
        some = self.chance.sample(self.story.told, min(10, len(self.story.told)))
        for wrong in some:
            gone = self.gone_with(wrong)
            for one in reversed(gone):
                self.story.voids(one.delivered)
            if gone:
                self._forgets(gone[0].event)
                return

    def gone_with(self, wrong: Delivered) -> list[_Told]:
        """What would be voided with a fact, itself first; nothing where that is refused."""
        stands = [_Told(codec.decode(d.envelope.type, d.record), d) for d in self.stream(wrong.envelope.stream)]
        found = next((one for one in stands if one.delivered is wrong), None)
        if found is None or wrong.envelope.trustuid != self.trust:
            return []
        try:
            return PUTTING_RIGHT[wrong.envelope.service].gone_with(found, stands)
        except Rejected:
            return []

    def _forgets(self, event: Any) -> None:
        match event:
            case SchoolJoinedTrust() | SchoolLeftTrust():
                days = [
                    json.loads(d.record)
                    for d in self.stream(f"school-{self.trust}-{event.urn}")
                    if "Succeeded" not in d.envelope.type
                ]
                joined = [date.fromisoformat(day["joined_on"]) for day in days if "joined_on" in day]
                left = date.fromisoformat(days[-1]["left_on"]) if days and "left_on" in days[-1] else None
                self.spells[event.urn] = (joined[-1], left) if joined else (date.min, date.min)
            case CycleOpened():
                self.cycles.remove(event.cycle)
            case ActionAgreed():
                self.actions = {name: about for name, about in self.actions.items() if named(name) != event.action_id}
            case SessionScheduled():
                [session] = [name for name in self.sessions if named(name) == event.session_id]
                self.sessions.remove(session)
                self.unscheduled.append(session)
            case _:
                for chapter in self._chapters:
                    chapter.forgets(event)

    def _programme(self) -> str:
        return f"programme {self.trust} {self.chance.randrange(4)}"

    def _some_time(self) -> tuple[datetime, int]:
        """When a session starts, and how many minutes it takes; some touch, some overlap."""
        hours = self.chance.randrange(24 * 14)
        return START + timedelta(hours=hours), self.chance.choice((60, 60, 90, 300))

    def stream(self, stream: str) -> list[Delivered]:
        """What stands in a stream."""
        return self.story.stream(stream)


class Chapter:
    """What one part of the platform adds to a history. Its acts are told among the teller's own, at random.

    Attributes:
        reports: the reports that are held against the fold after it.
    """

    reports: tuple[str, ...] = ()

    def __init__(self, teller: Teller) -> None:
        self.teller = teller
        self.chance = teller.chance
        self.story = teller.story

    def acts(self) -> Sequence[Act]:
        """What may happen, each as often as it stands there; the teller's own are about a hundred."""
        raise NotImplementedError

    def forgets(self, event: Any) -> None:
        """This event, and what rests on it, is void."""

    @property
    def _today(self) -> date:
        return self.story.now.date()

    def happens(self, decider: AnyDecider, stream: str, command: Any) -> bool:
        """What the service decides, on what stands in a stream; whether it is anything."""
        told = len(self.story.told)
        with suppress(Rejected):
            for event in decider.decide(command, self.state(decider, stream)):
                self.story.tell(event, stream)
        return len(self.story.told) > told

    def state(self, decider: AnyDecider, stream: str) -> Any:
        """What stands in a stream comes to this."""
        return decider.fold(codec.decode(d.envelope.type, d.record) for d in self.teller.stream(stream))
