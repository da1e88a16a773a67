"""A trust's loop told as events, as the services would publish them: for tests of what reporting makes of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from shared.contracts import codec
from shared.contracts.codec import Sealer
from shared.contracts.collaboration import loop as c
from shared.contracts.cpd import programmes as p
from shared.contracts.envelope import Envelope
from shared.contracts.talent import register as t
from shared.contracts.talent.roles import RoleCountDeclared
from shared.messaging import Delivered

TRUST = "99001"


class Plain:
    """Seals nothing: the token only shows that it stands for a text."""

    def seal(self, subject: str, text: str, place: str) -> str:
        return f"sealed:{uuid5(NAMESPACE_URL, subject + text + place)}"


def named(name: str) -> UUID:
    """An id that is the same in every run."""
    return uuid5(NAMESPACE_URL, name)


@dataclass(slots=True)
class Story:
    """Events in the order they were recorded. The next one is recorded `now`."""

    now: datetime
    trust: str = TRUST
    sealer: Sealer = field(default_factory=Plain)
    told: list[Delivered] = field(default_factory=list)
    _versions: Counter[str] = field(default_factory=Counter)
    _logindex: Counter[str] = field(default_factory=Counter)
    _answers: dict[tuple[str, str, str], UUID] = field(default_factory=dict)

    def tell(
        self, event: Any, stream: str, *, happened_at: datetime | None = None, urn: str | None = None
    ) -> Delivered:
        """Record an event in a stream; `urn` where it has no field of that name."""
        type_name = codec.type_name(event)
        service = type_name.split(".")[2]
        self._versions[stream] += 1
        logindex = self._logindex[service]
        self._logindex[service] += 1
        envelope = Envelope(
            id=named(f"{stream}/{self._versions[stream]}"),
            type=type_name,
            service=service,
            stream=stream,
            version=self._versions[stream],
            time=self.now,
            happened_at=happened_at or self.now,
            trustuid=self.trust,
            actor="somebody",
            correlation_id="story",
            urn=urn or getattr(event, "urn", None),
        )
        record = codec.encode(event, stream=stream, event_id=str(envelope.id), sealer=self.sealer)
        delivered = Delivered(envelope.meta(), logindex, record)
        self.told.append(delivered)
        return delivered

    def voids(self, told: Delivered) -> Delivered:
        """A record turns out to be wrong."""
        envelope = told.envelope
        voided = codec.event_class(f"uk.mat.{envelope.service}.RecordVoided.v1")
        about = {"event_id": envelope.id, "event_type": envelope.type, "version": envelope.version}
        return self.tell(voided(**about, reason="It was put down wrongly."), envelope.stream)

    def stream(self, name: str) -> list[Delivered]:
        """What stands in a stream."""
        told = [delivered for delivered in self.told if delivered.envelope.stream == name]
        void = {json.loads(d.record)["event_id"] for d in told if "RecordVoided" in d.envelope.type}
        return [d for d in told if "RecordVoided" not in d.envelope.type and str(d.envelope.id) not in void]

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)

    def registers(self, name: str) -> None:
        event = t.TrustRegistered(trustuid=self.trust, trust_ref="TR99001", name=name)
        self.tell(event, f"trust-{self.trust}")

    def joins(self, urn: str, name: str, on: date, phase: t.Phase = "primary") -> None:
        event = t.SchoolJoinedTrust(trustuid=self.trust, urn=urn, name=name, phase=phase, joined_on=on)
        self.tell(event, f"school-{self.trust}-{urn}", urn=urn)

    def leaves(self, urn: str, on: date) -> None:
        self.tell(t.SchoolLeftTrust(trustuid=self.trust, urn=urn, left_on=on), f"school-{self.trust}-{urn}", urn=urn)

    def becomes(self, urn: str, new_urn: str, on: date) -> None:
        event = t.SchoolUrnSucceeded(trustuid=self.trust, from_urn=urn, to_urn=new_urn, on=on)
        self.tell(event, f"school-{self.trust}-{urn}", urn=urn)

    def opens(self, cycle: str, starts_on: date, ends_on: date) -> None:
        event = c.CycleOpened(trustuid=self.trust, cycle=cycle, starts_on=starts_on, ends_on=ends_on)
        self.tell(event, f"cycle-{self.trust}-{cycle.replace('/', '-')}")

    def agrees_on(self, focus: str, title: str, starts_on: date) -> None:
        event = c.FocusAreaSet(
            focus_id=named(focus),
            trustuid=self.trust,
            title=title,
            principle="children_first",
            question=f"How is it going: {title}?",
            starts_on=starts_on,
        )
        self.tell(event, f"focus-{named(focus)}")

    def asks(self, item: str, focus: str, cycle: str, urns: Sequence[str], due_by: datetime) -> None:
        event = c.StandardAgendaItemIssued(
            item_id=named(item),
            trustuid=self.trust,
            focus_id=named(focus),
            cycle=cycle,
            applies_to=tuple(urns),
            due_by=due_by,
        )
        self.tell(event, f"item-{named(item)}")

    def meets(self, meeting: str, urns: Sequence[str], held_at: datetime) -> None:
        event = c.LeadershipTeamMeetingHeld(
            meeting_id=named(meeting), trustuid=self.trust, urns=tuple(urns), held_at=held_at
        )
        self.tell(event, f"meeting-{named(meeting)}", happened_at=held_at)

    def reports(self, meeting: str, answered: int, of: int) -> None:
        event = c.MeetingReportSubmitted(meeting_id=named(meeting), answered=answered, of=of, submitted_at=self.now)
        self.tell(event, f"meeting-{named(meeting)}")

    def answers(self, meeting: str, item: str, urn: str, rag: Any, held_at: datetime, **more: Any) -> None:
        issued = next(d for d in self.told if d.envelope.stream == f"item-{named(item)}")
        asked = codec.decode(issued.envelope.type, issued.record)
        event = c.AgendaItemFeedbackGiven(
            meeting_id=named(meeting),
            item_id=asked.item_id,
            focus_id=asked.focus_id,
            cycle=asked.cycle,
            urn=urn,
            held_at=held_at,
            rag=rag,
            late=self.now > asked.due_by,
            **more,
        )
        told = self.tell(event, _answer(item, urn), happened_at=held_at, urn=urn)
        self._answers[meeting, item, urn] = told.envelope.id

    def corrects(self, meeting: str, item: str, urn: str, rag: Any, **more: Any) -> None:
        event = c.FeedbackCorrected(
            meeting_id=named(meeting),
            item_id=named(item),
            urn=urn,
            supersedes=self._answers[meeting, item, urn],
            rag=rag,
            reason="It was put down wrongly.",
            **more,
        )
        told = self.tell(event, _answer(item, urn), urn=urn)
        self._answers[meeting, item, urn] = told.envelope.id

    def is_overdue(self, item: str, urn: str, due_by: datetime) -> None:
        self.tell(c.FeedbackOverdue(item_id=named(item), urn=urn, due_by=due_by), _answer(item, urn), urn=urn)

    def acknowledges(self, meeting: str, item: str, urn: str) -> None:
        event = c.TrustAcknowledged(item_id=named(item), urn=urn, meeting_id=named(meeting), by="leader-1")
        self.tell(event, _answer(item, urn), urn=urn)

    def responds(self, meeting: str, item: str, urn: str) -> None:
        event = c.TrustResponseGiven(
            item_id=named(item), urn=urn, meeting_id=named(meeting), response="We come on Monday.", by="leader-1"
        )
        self.tell(event, _answer(item, urn), urn=urn)

    def reads(self, meeting: str, item: str, urn: str) -> None:
        event = c.ResponseRead(item_id=named(item), urn=urn, meeting_id=named(meeting), by_role="head")
        self.tell(event, _answer(item, urn), urn=urn)

    def acts(self, action: str, meeting: str, item: str, focus: str, urn: str) -> None:
        event = c.ActionAgreed(
            action_id=named(action),
            meeting_id=named(meeting),
            item_id=named(item),
            focus_id=named(focus),
            urn=urn,
            action="Six half-days of an attendance lead.",
            owner="head",
            due_on=(self.now + timedelta(days=14)).date(),
        )
        self.tell(event, f"action-{named(action)}", urn=urn)

    def closes(self, action: str, urn: str, outcome: Any) -> None:
        event = c.ActionClosed(action_id=named(action), urn=urn, outcome=outcome)
        self.tell(event, f"action-{named(action)}", urn=urn)

    def reviews(self, action: str, item: str, focus: str, urn: str, by: Any, before: Any, after: Any) -> None:
        event = c.EffectReviewed(
            action_id=named(action),
            focus_id=named(focus),
            item_id=named(item),
            urn=urn,
            reviewed_by=by,
            rag_before=before,
            rag_after=after,
            help_still_needed=False,
        )
        self.tell(event, f"action-{named(action)}", urn=urn)

    def declares(self, area: str, scheme: str, role: str, **more: Any) -> None:
        event = RoleCountDeclared(trustuid=self.trust, area=area, scheme=scheme, role=role, **more)
        self.tell(event, f"rolecount-{self.trust}-{area.lower()}-{scheme.lower()}")

    def publishes(self, programme: str, **more: Any) -> None:
        """A programme; its title is its name."""
        offer: dict[str, Any] = {"title": programme, "kind": "course", "cost_pence": 0, **more}
        event = p.ProgrammePublished(programme_id=named(programme), trustuid=self.trust, **offer)
        self.tell(event, f"programme-{named(programme)}", urn=event.urn)

    def schedules(self, session: str, programme: str, starts_at: datetime, minutes: int = 60, **more: Any) -> None:
        """A session; for the whole trust, if nothing else is said."""
        plan: dict[str, Any] = {"scope": "trust", "where": "Room 1", **more}
        event = p.SessionScheduled(
            session_id=named(session),
            programme_id=named(programme),
            trustuid=self.trust,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=minutes),
            **plan,
        )
        self.tell(event, f"session-{named(session)}", urn=event.urn)

    def moves(self, session: str, starts_at: datetime, minutes: int = 60, where: str = "Room 2", **more: Any) -> None:
        event = p.SessionRescheduled(
            session_id=named(session),
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=minutes),
            where=where,
            **more,
        )
        self.tell(event, f"session-{named(session)}")

    def cancels(self, session: str, reason: str | None = None) -> None:
        self.tell(p.SessionCancelled(session_id=named(session), reason=reason), f"session-{named(session)}")


def _answer(item: str, urn: str) -> str:
    return f"answer-{named(item)}-{urn}"


def again(delivered: Delivered, **changes: Any) -> Delivered:
    """The same event with other attributes."""
    return replace(delivered, meta=replace(delivered.envelope, **changes).meta())
