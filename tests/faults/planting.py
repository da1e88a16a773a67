"""Anomalies planted into a history that has none: what the oracle is held against."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

from shared.contracts import canonical
from tests.faults.history import Asked, History, Moved, Sealed, Stored
from tests.support import fold

T = TypeVar("T")
Plant = Callable[[History], History]


def _without(values: Sequence[T], *left_out: T) -> list[T]:
    return [value for value in values if not any(value is one for one in left_out)]


def _instead(values: Sequence[T], old: T, new: T) -> list[T]:
    return [new if value is old else value for value in values]


def _long_stream(history: History) -> list[Stored]:
    """The events of a stream that has at least three."""
    streams: dict[tuple[str, str], list[Stored]] = {}
    for event in history.stored:
        streams.setdefault((event.service, event.stream), []).append(event)
    return sorted(next(s for s in streams.values() if len(s) >= 3), key=lambda event: event.version)


def _asked(history: History, event: Stored) -> Asked:
    return next(a for a in history.asked if (a.service, a.id) == (event.service, event.said["correlationid"]))


def _about(held: Sequence[Any], event: Stored) -> Any:
    return next(one for one in held if (one.service, one.logindex) == (event.service, event.logindex))


def lost(history: History) -> History:
    """The last event of a stream is nowhere, and its client was told that it is done."""
    gone = _long_stream(history)[-1]
    name = (gone.service, gone.logindex)
    return replace(
        history,
        stored=_without(history.stored, gone),
        published=[p for p in history.published if (p.service, p.logindex) != name],
        entered=[e for e in history.entered if (e.service, e.logindex) != name],
        heads={**history.heads, (gone.service, gone.stream): gone.version - 1},
    )


def half_written(history: History) -> History:
    """Of a command that makes several events, one is not there; nobody was told anything."""
    event = _long_stream(history)[-1]
    asked = _asked(history, event)
    return replace(
        history, asked=_instead(history.asked, asked, replace(asked, events=asked.events + 1, outcome="unknown"))
    )


def unpublished(history: History) -> History:
    event = _long_stream(history)[-1]
    return replace(history, published=_without(history.published, _about(history.published, event)))


def not_entered(history: History) -> History:
    event = _long_stream(history)[-1]
    return replace(history, entered=_without(history.entered, _about(history.entered, event)))


def left_parked(history: History) -> History:
    entry = _about(history.entered, _long_stream(history)[-1])
    return replace(history, entered=_instead(history.entered, entry, replace(entry, parked=True)))


def parked_alone(history: History) -> History:
    """What is parked has a successor that was applied."""
    entry = _about(history.entered, _long_stream(history)[1])
    return replace(history, entered=_instead(history.entered, entry, replace(entry, parked=True)))


def unnumbered(history: History) -> History:
    event = _long_stream(history)[-1]
    return replace(history, stored=_instead(history.stored, event, replace(event, logindex=None)))


def not_consumed(history: History) -> History:
    place = history.places[0]
    return replace(history, places=_instead(history.places, place, replace(place, end=place.end + 1)))


def stored_twice(history: History) -> History:
    """A retry made the same events again, at the end of the stream."""
    event = _long_stream(history)[-1]
    meta = canonical.dumps({**event.said, "streamversion": event.version + 1})
    again = replace(event, version=event.version + 1, meta=meta, id="another", logindex=None)
    return replace(history, stored=[*history.stored, again])


def one_place_for_two(history: History) -> History:
    """Two events say that they are the same version of a stream, as when an append does not look at it."""
    *_, before, last = _long_stream(history)
    meta = canonical.dumps({**last.said, "streamversion": before.version})
    return replace(history, stored=_instead(history.stored, last, replace(last, meta=meta)))


def numbered_backwards(history: History) -> History:
    first, second, *_ = _long_stream(history)
    swapped = {id(first): second.logindex, id(second): first.logindex}
    stored = [replace(e, logindex=swapped[id(e)]) if id(e) in swapped else e for e in history.stored]
    return replace(history, stored=stored)


def published_backwards(history: History) -> History:
    first, second = (_about(history.published, event) for event in _long_stream(history)[:2])
    swapped = {id(first): second.offset, id(second): first.offset}
    return replace(
        history,
        published=[replace(p, offset=swapped[id(p)]) if id(p) in swapped else p for p in history.published],
    )


def visible_backwards(history: History) -> History:
    first, second, *_ = _long_stream(history)
    early, late = _about(history.entered, first), _about(history.entered, second)
    sooner = replace(late, visible_at=early.visible_at - timedelta(seconds=1))
    return replace(history, entered=_instead(history.entered, late, sooner))


def stored_backwards(history: History) -> History:
    """A client's second word stands before its first, though it waited for the answer to that."""
    first, second = (_asked(history, event) for event in _long_stream(history)[:2])
    line = "a line of its own"
    early = replace(second, line=line, asked_at=1.0, answered_at=2.0)
    late = replace(first, line=line, asked_at=3.0, answered_at=4.0)
    return replace(history, asked=[*_without(history.asked, first, second), early, late])


def entered_twice(history: History) -> History:
    entry = _about(history.entered, _long_stream(history)[-1])
    return replace(history, entered=[*history.entered, replace(entry, logindex=entry.logindex + 1_000_000)])


def report_differs(history: History) -> History:
    """A number in a report is one that was true before."""
    rows = history.reports["roles"]
    changed = [{**rows[0], "count": rows[0]["count"] - 1}, *rows[1:]]
    return replace(history, reports={**history.reports, "roles": changed})


def published_only(history: History) -> History:
    record = history.published[-1]
    forged = replace(record, offset=record.offset + 1_000_000, logindex=record.logindex + 1_000_000, id="forged")
    return replace(history, published=[*history.published, forged])


def refused_and_stored(history: History) -> History:
    asked = _asked(history, _long_stream(history)[-1])
    return replace(history, asked=_instead(history.asked, asked, replace(asked, outcome="fail")))


def never_asked(history: History) -> History:
    return replace(history, asked=_without(history.asked, _asked(history, _long_stream(history)[-1])))


def under_another_trust(history: History) -> History:
    entry = history.entered[0]
    other = next(e.trustuid for e in history.entered if e.trustuid != entry.trustuid)
    return replace(history, entered=_instead(history.entered, entry, replace(entry, trustuid=other)))


def asked_by_another_trust(history: History) -> History:
    asked = _asked(history, _long_stream(history)[-1])
    return replace(history, asked=_instead(history.asked, asked, replace(asked, trustuid="99999")))


def changed_in_the_store(history: History) -> History:
    event = _long_stream(history)[1]
    meta = canonical.dumps({**event.said, "actor": "somebody-else"})
    return replace(history, stored=_instead(history.stored, event, replace(event, meta=meta)))


def taken_out_of_the_store(history: History) -> History:
    return replace(history, stored=_without(history.stored, _long_stream(history)[1]))


def changed_on_the_topic(history: History) -> History:
    record = history.published[0]
    return replace(history, published=_instead(history.published, record, replace(record, record=b"{}")))


def sealed_alone(history: History) -> History:
    """The last checkpoint was signed, and nobody else ever heard of it."""
    newest = _newest(history)
    return replace(history, sealed=[s for s in history.sealed if s.note != newest or s.where == "store"])


def never_sealed(history: History) -> History:
    newest = _newest(history)
    return replace(history, sealed=[s for s in history.sealed if s.note != newest])


def sealed_outside(history: History) -> History:
    """What everybody holds is gone from the store, as after a crash that took back what was told already."""
    first = _held("store", history)
    return replace(history, sealed=_without(history.sealed, first))


def forked(history: History) -> History:
    """One place holds another root for a size, under the signature of the first."""
    kept = _held("topic", history)
    root = kept.note.split("\n")[2]
    other = f"{'A' if root[0] != 'A' else 'B'}{root[1:]}"
    return replace(history, sealed=_instead(history.sealed, kept, replace(kept, note=kept.note.replace(root, other))))


def of_another_log(history: History) -> History:
    """An event is another one since it was sealed, and its stream was chained anew."""
    event = min(history.stored, key=lambda event: event.logindex or 0)
    return replace(history, stored=_instead(history.stored, event, replace(event, hash=bytes(32))))


def longer_than_the_log(history: History) -> History:
    """The end of the log is gone, and the checkpoints know of it."""
    last = max(history.stored, key=lambda event: event.logindex or 0)
    return replace(history, stored=_without(history.stored, last))


def signed_by_nobody(history: History) -> History:
    other = {service: key for service, key in history.keys.items() if service != history.sealed[0].service}
    return replace(history, keys=other)


def filed_backwards(history: History) -> History:
    first = _held("file", history)
    return replace(history, sealed=[*_without(history.sealed, first), first])


def _newest(history: History) -> str:
    """The note of a log's newest checkpoint."""
    return max((sealed.note for sealed in history.sealed), key=lambda note: int(note.split("\n")[1]))


def _held(where: str, history: History) -> Sealed:
    return next(sealed for sealed in history.sealed if sealed.where == where)


def moved_back(history: History) -> History:
    return replace(history, moved=[*history.moved, Moved(what="talent's cursor", was=10, now=4)])


def repeated_in_a_calm(history: History) -> History:
    record = _about(history.published, _long_stream(history)[-1])
    first = min(fold.instant(event.said["time"]) for event in history.stored)
    again = replace(record, offset=record.offset + 1_000_000)
    return replace(history, published=[*history.published, again], calm_from=first)


def repeated(history: History) -> History:
    """A repeat on the topic, in a storm: that is allowed."""
    record = _about(history.published, _long_stream(history)[-1])
    return replace(history, published=[*history.published, replace(record, offset=record.offset + 1_000_000)])


PLANTS: Mapping[Plant, str] = {
    lost: "lost-write",
    half_written: "lost-write",
    unpublished: "unseen",
    not_entered: "unseen",
    left_parked: "unseen",
    unnumbered: "unseen",
    not_consumed: "unseen",
    stored_twice: "duplicate",
    one_place_for_two: "duplicate",
    numbered_backwards: "order-inversion",
    published_backwards: "order-inversion",
    visible_backwards: "order-inversion",
    parked_alone: "order-inversion",
    stored_backwards: "order-inversion",
    entered_twice: "double-apply",
    report_differs: "double-apply",
    published_only: "phantom",
    refused_and_stored: "phantom",
    never_asked: "phantom",
    under_another_trust: "cross-tenant",
    asked_by_another_trust: "cross-tenant",
    changed_in_the_store: "chain-break",
    taken_out_of_the_store: "chain-break",
    changed_on_the_topic: "chain-break",
    sealed_alone: "unseen",
    never_sealed: "unseen",
    sealed_outside: "phantom",
    forked: "checkpoint-fork",
    of_another_log: "checkpoint-fork",
    longer_than_the_log: "checkpoint-fork",
    signed_by_nobody: "checkpoint-fork",
    filed_backwards: "order-inversion",
    moved_back: "unfenced",
    repeated_in_a_calm: "unfenced",
}
"""What is planted, and what the oracle calls it."""
