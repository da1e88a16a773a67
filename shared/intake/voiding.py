"""Putting right what was recorded and is wrong: it is voided, in its own stream, and stays in history.

Decisions, views and reports go on as if it had not been recorded. A kind of record that has a way of its own to be put
right says which. Nothing stays behind that rests on what is void: what follows from it by itself is voided with it, and
what people recorded on top of it they void first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from uuid import UUID

from shared.contracts.bookkeeping import (
    PersonalDataRevealed,
    PersonErased,
    ReactionRefused,
    RecordVoided,
    Told,
    standing,
)
from shared.contracts.vocabulary import Id, Name, Text
from shared.decider import Rejected, whatever_stood
from shared.eventstore import Act, Context, Decision, Recorded, States
from shared.intake.claims import Admission, Taken

T = TypeVar("T", bound=Told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Voiding:
    """`RecordVoided`: the record that its stream and its id name does not count."""

    stream: Name
    event_id: Id
    reason: Text


@dataclass(frozen=True, slots=True)
class On:
    """What a kind of record rests on: the earlier ones of these kinds, all of the stream or those of the same thing.

    Attributes:
        by: their field that says which thing it is; empty: any.
        named: the field of the resting record that says the same; empty: it has the same name.
    """

    kinds: tuple[type[Any], ...]
    by: str = ""
    named: str = ""

    def holds(self, earlier: Any, later: Any) -> bool:
        """Whether the later of two records of one stream rests on the earlier one."""
        if not isinstance(earlier, self.kinds):
            return False
        return not self.by or bool(getattr(earlier, self.by) == getattr(later, self.named or self.by))


def on(*kinds: type[Any], by: str = "", named: str = "") -> On:
    """Records of these kinds, of which a field is the same."""
    return On(kinds, by, named)


@dataclass(frozen=True, slots=True, kw_only=True)
class PuttingRight:
    """How a service's records are put right.

    Attributes:
        voided: its own class of `RecordVoided`.
        rests: what each kind of record rests on; every kind is there, also one that begins something.
        otherwise: the kinds that are put right in a way of their own, each with a sentence that says how.
        follow: the kinds that the service itself says, because of what they rest on: they go with it.
    """

    voided: type[RecordVoided]
    rests: Mapping[type[Any], Sequence[On]]
    otherwise: Mapping[type[Any], str] = field(default_factory=dict)
    follow: Collection[type[Any]] = ()

    def gone_with(self, wrong: T, stands: Sequence[T], *, by_people: bool = True) -> list[T]:
        """A record, and what goes with it of all that stands in its stream.

        Args:
            by_people: not where it goes because what it was made of is void: then it may be one that follows by itself.

        Raises:
            Rejected: `put_right_otherwise`, `others_rest_on_it`.
        """
        way = self._way(wrong.event)
        if way is not None and (by_people or type(wrong.event) not in self.follow):
            raise Rejected("put_right_otherwise", f"This is not voided. {way}", field="/event_id")
        gone = [wrong]
        for later in stands:
            if later.version <= wrong.version or not any(self._rests(later, earlier) for earlier in gone):
                continue
            if type(later.event) not in self.follow:
                raise Rejected(
                    "others_rest_on_it",
                    "Later records rest on this one: void those first, the latest of them before the others.",
                    field="/event_id",
                )
            gone.append(later)
        return gone

    def _way(self, event: Any) -> str | None:
        match event:
            case RecordVoided():
                return "What was voided by mistake is recorded again."
            case ReactionRefused():
                return "Nothing came of it: do by hand what is missing."
            case PersonErased():
                return "What was erased cannot be brought back."
            case PersonalDataRevealed():
                return "What was shown was seen."
            case _ if type(event) in self.follow:
                return "It follows by itself from another record: void that one, if it is wrong."
            case _:
                return self.otherwise.get(type(event))

    def _rests(self, later: Told, earlier: Told) -> bool:
        return any(on.holds(earlier.event, later.event) for on in self.rests.get(type(later.event), ()))


def taken(right: PuttingRight, others: Sequence[Taken]) -> Taken:
    """How a voiding is taken in, beside the others: the trust voids everything, a school what it may say of itself."""
    schools_say = frozenset(event for event, _, admission in others if not admission.trust_only)

    def void_record(c: Voiding, context: Context) -> Act:
        """Record that a record is wrong: it does not count any more, and stays in history."""

        def check(record: Record) -> None:
            named = _schools(record.event)
            if context.urns is not None and not (type(record.event) in schools_say and named and named <= context.urns):
                raise Rejected(
                    "not_your_school",
                    "A school voids what it recorded itself, and of itself alone: ask the trust.",
                    field="/event_id",
                )

        return voiding(right, c.stream, [c.event_id], c.reason, replace(context, happened_at=None), check)

    return right.voided, "/records/void", Admission(Voiding, void_record)


def voiding(
    right: PuttingRight,
    stream: str,
    event_ids: Collection[UUID],
    reason: str,
    context: Context,
    check: Callable[[Record], None] | None = None,
) -> Act:
    """Void some records of a stream, the latest first. What is void already stays so.

    Args:
        check: asked of each record, where people void it, before anything else is: whether they may. None: they go
            because what they were made of is void.
    """

    def decide(states: States) -> Decision:
        told = [Record.of(recorded, version) for version, recorded in enumerate(states.recorded(stream), start=1)]
        if not set(event_ids) <= {record.id for record in told}:
            raise Rejected("record_unknown", "There is no such record: check its stream and its id.", field="/event_id")
        stands = standing(told)
        gone: dict[int, Record] = {}
        for wrong in (record for record in reversed(told) if record.id in event_ids):
            if check is not None:
                check(wrong)
            if wrong in stands and wrong.version not in gone:
                left = [record for record in stands if record.version not in gone]
                gone |= {it.version: it for it in right.gone_with(wrong, left, by_people=check is not None)}
        return {stream: [gone[version].voided_by(right.voided, reason) for version in sorted(gone, reverse=True)]}

    return Act(context, {stream: whatever_stood}, decide)


@dataclass(frozen=True, slots=True)
class Record:
    """A record of a stream: the event, and what names it."""

    event: Any
    version: int
    id: UUID
    kind: str

    @classmethod
    def of(cls, recorded: Recorded, version: int) -> Record:
        envelope = recorded.envelope
        return cls(recorded.event(), version, envelope.id, envelope.type)

    def voided_by(self, cls: type[RecordVoided], reason: str) -> RecordVoided:
        return cls(event_id=self.id, event_type=self.kind, version=self.version, reason=reason)


def _schools(event: Any) -> frozenset[str]:
    """The schools that a record names."""
    one = getattr(event, "urn", None)
    return frozenset((one,) if one is not None else getattr(event, "urns", ()))
