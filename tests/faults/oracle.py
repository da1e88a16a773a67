"""The oracle: it reads a history and names what is wrong with it. It asks nobody and waits for nothing.

Repeats on a topic are no anomaly: consumers settle them by (service, logindex), and checkpoints by their size.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from itertools import pairwise
from typing import Any

from deploy.exporting.history import line
from tests.faults import sealed
from tests.faults.history import Anomaly, Asked, Entered, History, Published, Stored, Stream
from tests.support import fold

ANOMALIES: Mapping[str, str] = {
    "lost-write": "a client was told that it is done, and the store does not hold it, or holds half of it",
    "unseen": "the store holds it, and the topic or reporting does not, or reporting keeps it parked",
    "duplicate": "the store holds twice what was asked once, or two events for one place in a stream",
    "order-inversion": "what came after something else stands, was published or became visible before it",
    "double-apply": "the ledger has an event twice, or a report is not what the stores' events make",
    "phantom": "a topic, reporting or a store holds what nobody recorded or asked for",
    "cross-tenant": "what is one trust's stands under another",
    "chain-break": "a stream's versions or hashes do not follow, or somebody holds other bytes than the store",
    "checkpoint-fork": "somebody holds a checkpoint that is not of the store's log, or that its key did not sign",
    "unfenced": "who had lost the lead or a partition went on: a place went back, or a calm saw a repeat",
}


def judge(history: History) -> list[Anomaly]:
    """Everything that is wrong; of each kind in the order of places."""
    facts = _Facts(history)
    return sorted({anomaly for rule in _rules for anomaly in rule(facts)} | set(sealed.wrong(history)))


class _Facts:
    """A history, looked up from several sides."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.said = {id(event): event.said for event in history.stored}
        self.by_name = {(e.service, e.logindex): e for e in history.stored if e.logindex is not None}
        self.streams: dict[Stream, list[Stored]] = _grouped(history.stored)
        self.answers: dict[tuple[str, str], list[Stored]] = defaultdict(list)
        for event in history.stored:
            if "chaindepth" not in self.said[id(event)]:  # nobody asked for what a fact caused
                self.answers[event.service, self.said[id(event)]["correlationid"]].append(event)


def _grouped(events: Iterable[Any]) -> dict[Stream, list[Any]]:
    """By stream, each in the order of its versions."""
    streams: dict[Stream, list[Any]] = defaultdict(list)
    for event in events:
        streams[event.service, event.stream].append(event)
    for stream in streams.values():
        stream.sort(key=lambda event: event.version)
    return streams


# What clients were told


def _lost_writes(facts: _Facts) -> Iterator[Anomaly]:
    for asked in facts.history.asked:
        there = len(facts.answers.get((asked.service, asked.id), ()))
        if there < asked.events and (asked.outcome == "ok" or there):
            yield Anomaly("lost-write", _asked(asked), f"{there} of {asked.events} events, told {asked.outcome}")


def _duplicates(facts: _Facts) -> Iterator[Anomaly]:
    for asked in facts.history.asked:
        there = len(facts.answers.get((asked.service, asked.id), ()))
        if there > asked.events:
            yield Anomaly("duplicate", _asked(asked), f"{there} events instead of {asked.events}")
    names: tuple[tuple[str, Callable[[Stored], object]], ...] = (
        ("id", lambda event: event.id),
        ("logindex", lambda event: event.logindex),
        ("place in its stream", lambda e: (e.stream, facts.said[id(e)]["streamversion"])),
    )
    for name, of in names:
        counted = Counter((event.service, of(event)) for event in facts.history.stored if of(event) is not None)
        for (service, value), times in counted.items():
            if times > 1:
                yield Anomaly("duplicate", f"{service} {value}", f"{times} events have this {name}")


def _phantoms(facts: _Facts) -> Iterator[Anomaly]:
    told = {(asked.service, asked.id): asked for asked in facts.history.asked}
    for (service, id_), events in facts.answers.items():
        asked = told.get((service, id_))
        if asked is None or asked.outcome == "fail":
            yield Anomaly("phantom", f"{service} {events[0].stream}", f"stored; {id_} was never asked or was refused")
    for where, held in (("the topic", facts.history.published), ("the ledger", facts.history.entered)):
        for one in held:
            event = facts.by_name.get((one.service, one.logindex))
            if event is None or event.id != one.id:
                yield Anomaly("phantom", _event(one), f"{where} holds it, and the store does not")
    for (service, stream), version in facts.history.heads.items():
        events = facts.streams.get((service, stream), [])
        if not events or events[-1].version < version:
            yield Anomaly("phantom", f"{service} {stream} {version}", "reporting applied more than the store holds")


# On the way


def _unseen(facts: _Facts) -> Iterator[Anomaly]:
    history = facts.history
    first = {(p.topic, p.partition): p.first for p in history.places}
    trimmed = {topic.removesuffix(".events") for (topic, _), offset in first.items() if offset > 0}
    published = {(p.service, p.logindex) for p in history.published}
    entered = {(e.service, e.logindex): e for e in history.entered}
    for event in history.stored:
        name = (event.service, event.logindex)
        if event.logindex is None:
            yield Anomaly("unseen", _event(event), "it has no log index")
            continue
        if name not in published and event.service not in trimmed:
            yield Anomaly("unseen", _event(event), "it is not on the topic")
        if name not in entered:
            yield Anomaly("unseen", _event(event), "it is not in the ledger")
        elif entered[name].parked:
            yield Anomaly("unseen", _event(event), "reporting keeps it parked")
    for stream, events in facts.streams.items():
        if history.heads.get(stream, 0) < events[-1].version:
            yield Anomaly("unseen", _event(events[-1]), f"reporting applied up to {history.heads.get(stream, 0)}")
    for place in history.places:
        if place.next < place.end:
            yield Anomaly("unseen", f"{place.topic} {place.partition}", f"reporting is at {place.next} of {place.end}")


def _inversions(facts: _Facts) -> Iterator[Anomaly]:
    seen = _first_seen(facts.history.published)
    never = datetime.max.replace(tzinfo=UTC)
    entered = {(e.service, e.logindex): never if e.parked else e.visible_at for e in facts.history.entered}
    for events in facts.streams.values():
        for before, after in pairwise(events):
            a, b = (before.service, before.logindex), (after.service, after.logindex)
            if before.logindex is not None and after.logindex is not None and before.logindex > after.logindex:
                yield Anomaly("order-inversion", _event(after), "its log index is below that of the version before it")
            if a in seen and b in seen and (seen[a][0] != seen[b][0] or seen[a][1] > seen[b][1]):
                yield Anomaly("order-inversion", _event(after), "it was published before the version before it")
            if a in entered and b in entered and entered[a] > entered[b]:
                yield Anomaly("order-inversion", _event(after), "it was visible before the version before it")
    yield from _clients_inversions(facts)


def _first_seen(published: Iterable[Published]) -> dict[tuple[str, int | None], tuple[int, int]]:
    """Where each event stands on its topic for the first time."""
    seen: dict[tuple[str, int | None], tuple[int, int]] = {}
    for record in sorted(published, key=lambda record: (record.service, record.partition, record.offset)):
        seen.setdefault((record.service, record.logindex), (record.partition, record.offset))
    return seen


def _clients_inversions(facts: _Facts) -> Iterator[Anomaly]:
    """Who says one thing after the answer to another finds them in this order."""
    last: dict[tuple[str, str], tuple[float, Asked, Stored]] = {}
    for asked in facts.history.asked:
        events = facts.answers.get((asked.service, asked.id), [])
        if asked.line is None or asked.outcome != "ok" or not events or asked.answered_at is None:
            continue
        before = last.get((asked.service, asked.line))
        if before and before[0] <= asked.asked_at and before[2].version > events[0].version:
            yield Anomaly("order-inversion", _event(events[0]), f"it was asked for after {before[1].id} was answered")
        last[asked.service, asked.line] = (asked.answered_at, asked, events[-1])


# At the end


def _double_applies(facts: _Facts) -> Iterator[Anomaly]:
    history = facts.history
    for (service, id_), times in Counter((e.service, e.id) for e in history.entered).items():
        if times > 1:
            yield Anomaly("double-apply", f"{service} {id_}", f"the ledger has it under {times} log indexes")
    if history.reported_at is None:
        return
    lines = [_line(event) for event in facts.by_name.values()]
    for model, rows in history.reports.items():
        for difference in _differences(model, rows, lines, history.reported_at):
            yield Anomaly("double-apply", model, difference)


def _differences(
    model: str, rows: Sequence[Mapping[str, Any]], lines: Sequence[fold.Event], at: datetime
) -> Iterator[str]:
    found = fold.first_difference(model, [dict(row) for row in rows], fold.rows(model, lines, at))
    if found is not None:
        yield found


def _cross_tenant(facts: _Facts) -> Iterator[Anomaly]:
    trusts = {(asked.service, asked.id): asked.trustuid for asked in facts.history.asked}
    owner: dict[Stream, str] = {}
    for stream, events in facts.streams.items():
        for event in events:
            said = facts.said[id(event)]
            trust = owner.setdefault(stream, said["trustuid"])
            if said["trustuid"] != trust or trusts.get((event.service, said["correlationid"]), trust) != trust:
                yield Anomaly("cross-tenant", _event(event), f"recorded under {said['trustuid']}, not its own trust")
    for entry in facts.history.entered:
        if entry.trustuid != owner.get((entry.service, entry.stream), entry.trustuid):
            yield Anomaly("cross-tenant", _event(entry), f"in the ledger under {entry.trustuid}")


def _chain_breaks(facts: _Facts) -> Iterator[Anomaly]:
    for events in facts.streams.values():
        head = bytes(32)
        for version, event in enumerate(events, start=1):
            said = facts.said[id(event)]
            names = (said["subject"], said["streamversion"], said["id"]) == (event.stream, version, event.id)
            if not names or event.version != version or event.prev_hash != head or event.hash != _hash(head, event):
                yield Anomaly("chain-break", _event(event), "it does not follow from the version before it")
                break
            head = event.hash
    for where, held in (("the topic", facts.history.published), ("the ledger", facts.history.entered)):
        for one in held:
            kept = facts.by_name.get((one.service, one.logindex))
            if kept and kept.id == one.id and (kept.meta, kept.record) != (one.meta, one.record):
                yield Anomaly("chain-break", _event(one), f"{where} holds other bytes than the store")


def _unfenced(facts: _Facts) -> Iterator[Anomaly]:
    for moved in facts.history.moved:
        if moved.now < moved.was:
            yield Anomaly("unfenced", moved.what, f"moved back from {moved.was} to {moved.now}")
    calm = facts.history.calm_from
    counted = Counter((p.service, p.logindex) for p in facts.history.published)
    for name, event in facts.by_name.items():
        if calm and counted[name] > 1 and fold.instant(facts.said[id(event)]["time"]) >= calm:
            yield Anomaly("unfenced", _event(event), f"recorded in a calm, and published {counted[name]} times")


def _hash(head: bytes, event: Stored) -> bytes:
    """AUDIT layer of the stores (docs/adr/0002), worked out here a second time."""
    length = len(event.meta).to_bytes(4, "big")
    return sha256(b"ev1" + head + length + event.meta + sha256(event.record).digest()).digest()


def _line(event: Stored) -> dict[str, Any]:
    found: dict[str, Any] = line(
        {name: getattr(event, name) for name in ("logindex", "meta", "record", "prev_hash", "hash")}  # type: ignore[arg-type] # a row
    )
    return found


def _event(event: Stored | Published | Entered) -> str:
    return f"{event.service} {event.stream} {event.version}"


def _asked(asked: Asked) -> str:
    return f"{asked.service} {asked.id}"


_rules: tuple[Callable[[_Facts], Iterator[Anomaly]], ...] = (
    _lost_writes,
    _duplicates,
    _phantoms,
    _unseen,
    _inversions,
    _double_applies,
    _cross_tenant,
    _chain_breaks,
    _unfenced,
)
