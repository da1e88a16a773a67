"""Whatever is altered before the auditor's last checkpoint is found and named; what was not altered never is."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import cycle, zip_longest
from typing import Any

from shared.contracts.envelope import chain_hash
from tests.support import small_store
from verifier.checkpoint import Checkpoint
from verifier.finding import Kind
from verifier.history import Report, Trusted, trusted, verify

SEED = 20261127
ALTERATIONS = 10_000
STORES = 100
CLEAN = 1_000
LOG = small_store.Log()
NAMES: tuple[str, ...] = tuple(json.loads(small_store.lines(small_store.rows(random.Random(1), 1))[0]))
"""What stands in a line, in its order."""


@dataclass(frozen=True)
class Store:
    """A small store as it was when the auditor kept its checkpoints."""

    rows: list[dict[str, Any]]
    lines: list[bytes]
    checkpoints: list[Checkpoint]

    @property
    def witnessed(self) -> int:
        return self.checkpoints[-1].size

    def span(self, logindex: int) -> tuple[int, int]:
        """From the last checkpoint that an alteration leaves whole to the first that it does not."""
        sizes = [0, *(checkpoint.size for checkpoint in self.checkpoints), len(self.rows) + 2]
        return max(size for size in sizes if size <= logindex), min(size for size in sizes if size > logindex) - 1


@dataclass(frozen=True)
class Altered:
    """A store after an alteration.

    Attributes:
        at: the first log index that is not as it was.
        named: which kinds name it rightly.
        range: which log indexes the first finding must name; None: `at` alone.
        shows: whether the events alone show it, whoever witnessed them.
        resigned: what the service's own key signed of the altered history, beside what the auditor kept.
        field: the name in the line that a flip hit.
    """

    lines: list[bytes]
    at: int
    named: set[Kind]
    range: tuple[int, int] | None = None
    shows: bool = True
    resigned: Sequence[Checkpoint] = ()
    field: str = ""


Alteration = Callable[[random.Random, Store], Altered]


def store(chance: random.Random) -> Store:
    rows = small_store.rows(chance, chance.randrange(20, 41))
    sizes = sorted(chance.sample(range(1, len(rows) + 1), chance.randrange(1, 5)))
    return Store(rows, small_store.lines(rows), [LOG.checkpoint(rows, size) for size in sizes])


# The alterations


def flip(chance: random.Random, whole: Store) -> Altered:
    """A byte becomes another."""
    at = chance.randrange(len(whole.lines))
    line = whole.lines[at]
    place = chance.randrange(len(line))
    other = chance.choice([byte for byte in range(256) if byte != line[place]])
    altered = line[:place] + bytes([other]) + line[place + 1 :]
    lines = b"".join([*whole.lines[:at], altered, *whole.lines[at + 1 :]]).splitlines(keepends=True)
    field = _field(line, place)
    if field == "service":
        return Altered(lines, at, {"content", "missing"}, field=field)  # perhaps it is another service's now
    number = re.match(rb'\{"service":"collaboration","logindex": ?([1-9]?[0-9]),"stream"', altered)
    if number is not None and (now := int(number[1])) != at:
        named: Kind = "duplicate" if now < at else "missing"
        return Altered(lines, min(now, at), {named}, _up_to(now, at, whole), field=field)
    return Altered(lines, at, {"content"}, field=field)


def _field(line: bytes, place: int) -> str:
    """The name in a line that a place belongs to."""
    begins = [line.index(b'"%b":' % name.encode()) for name in NAMES[:-2]]
    begins += [line.rindex(b'"%b":' % name.encode()) for name in NAMES[-2:]]
    return NAMES[max(sum(begin <= place + 1 for begin in begins), 1) - 1]


def _up_to(now: int, at: int, whole: Store) -> tuple[int, int] | None:
    """What is missing before an event that says that it is a later one: the last one opens a hole, others are late."""
    return (at, now - 1) if at < now and at == len(whole.lines) - 1 else None


def delete(chance: random.Random, whole: Store) -> Altered:
    at = chance.randrange(len(whole.lines))
    return Altered([*whole.lines[:at], *whole.lines[at + 1 :]], at, {"missing"}, shows=at < len(whole.lines) - 1)


def swap(chance: random.Random, whole: Store) -> Altered:
    one, other = sorted(chance.sample(range(len(whole.lines)), 2))
    lines = [*whole.lines]
    lines[one], lines[other] = lines[other], lines[one]
    return Altered(lines, one, {"order"})


def insert(chance: random.Random, whole: Store) -> Altered:
    """A line stands a second time, somewhere."""
    line, place = chance.randrange(len(whole.lines)), chance.randrange(len(whole.lines) + 1)
    lines = [*whole.lines[:place], whole.lines[line], *whole.lines[place:]]
    return Altered(lines, min(line, place), {"order"} if place < line else {"duplicate"})


def forge(chance: random.Random, whole: Store) -> Altered:
    """Something that never happened stands beside an event, under its number and version, or after the last one."""
    at = chance.randrange(len(whole.lines) + 1)
    if at == len(whole.lines):
        rows = small_store.made_anew([*whole.rows, _else(chance.choice(whole.rows))])
        return Altered(small_store.lines(rows), at, set(), shows=False)
    row = _else(whole.rows[at])
    made = {**row, "hash": chain_hash(row["prev_hash"], row["meta"], row["record"])}
    place = at + chance.randrange(2)
    return Altered([*whole.lines[:place], *small_store.lines([made]), *whole.lines[place:]], at, {"duplicate"})


def truncate(chance: random.Random, whole: Store) -> Altered:
    at = chance.randrange(len(whole.lines))
    return Altered(whole.lines[:at], at, {"missing"}, (at, whole.witnessed - 1), shows=False)


def rechain(chance: random.Random, whole: Store) -> Altered:
    """Something else happened, and every number, version and hash after it was made anew."""
    return _anew(whole, _other_rows(chance, whole))


def re_sign(chance: random.Random, whole: Store) -> Altered:
    """The same, and the service's own key signed new checkpoints over it."""
    rows = _other_rows(chance, whole)
    sizes = {*chance.sample(range(1, len(rows) + 1), 3), chance.choice(whole.checkpoints).size}
    resigned = [LOG.checkpoint(rows, size) for size in sizes if size <= len(rows)]
    return replace(_anew(whole, rows), resigned=resigned)


def _other_rows(chance: random.Random, whole: Store) -> list[dict[str, Any]]:
    """An event says something else, is gone or all its stream, came at another time, or is new: as if always so."""
    rows, at = [*whole.rows], chance.randrange(len(whole.rows))
    row = rows.pop(at)
    match chance.choice(["else", "gone", "stream", "elsewhere", "new"]):
        case "else":
            rows.insert(at, _else(row))
        case "elsewhere":
            rows.insert(chance.choice([n for n in range(len(whole.rows)) if n != at]), row)
        case "new":
            rows[at:at] = [row, _else(row)]
        case "stream":
            rows = [other for other in rows if other["stream"] != row["stream"]]
        case _:
            pass
    return small_store.made_anew(rows)


def _else(row: dict[str, Any]) -> dict[str, Any]:
    """An event that says something else."""
    return {**row, "record": row["record"].replace(b'"', b'"x', 1)}


def _anew(whole: Store, rows: list[dict[str, Any]]) -> Altered:
    pairs = zip_longest(whole.rows, rows, fillvalue={"hash": None})
    at = next(number for number, (before, now) in enumerate(pairs) if before["hash"] != now["hash"])
    first, last = whole.span(at)
    named: Kind = "root"
    if last >= len(rows):  # so many there are not any more
        named, first = "missing", len(rows)
    return Altered(small_store.lines(rows), at, {named}, (first, last), shows=False)


KINDS: tuple[Alteration, ...] = (flip, flip, delete, swap, insert, forge, truncate, rechain, re_sign)


# What is asked of them


def test_ten_thousand_alterations_are_found_and_named() -> None:
    chance = random.Random(SEED)
    stores = [
        (whole, trusted(whole.checkpoints, [LOG.verifier_key])) for whole in (store(chance) for _ in range(STORES))
    ]
    found, hit = Counter[str](), Counter[str]()
    for number, kind, (whole, kept) in zip(range(ALTERATIONS), cycle(KINDS), cycle(stores[:-1]), strict=False):
        altered = kind(chance, whole)
        wrong = wrongly_told(whole, altered, verify(altered.lines, kept))
        assert wrong is None, f"alteration {number} ({kind.__name__} at {altered.at}): {wrong}"
        if altered.resigned:
            both = trusted([*whole.checkpoints, *altered.resigned], [LOG.verifier_key])
            kinds = {finding.kind for finding in verify(altered.lines, both).findings}
            assert kinds <= {"root", "inconsistent", "missing"}
            assert bool(kinds) == (altered.at < whole.witnessed)
            twice = {c.size for c in whole.checkpoints} & {c.size for c in altered.resigned if c.size > altered.at}
            assert not twice or "inconsistent" in kinds
        found[kind.__name__ if altered.at < whole.witnessed else "younger"] += 1
        hit[altered.field] += 1
        hit["the first"] += altered.at == 0
        hit["the newest"] += altered.at == len(whole.lines) - 1

    assert found.total() == ALTERATIONS
    assert min(found.values()) > ALTERATIONS / 20
    assert hit.keys() == {*NAMES, "", "the first", "the newest"}
    assert min(hit.values()) >= ALTERATIONS / 1_000, hit


def wrongly_told(whole: Store, altered: Altered, report: Report) -> str | None:
    """What a report says of an alteration that is not right."""
    verdict, first = report.verdicts[0], next(iter(report.findings), None)
    if altered.at >= whole.witnessed and not altered.shows:
        young = len(altered.lines[whole.witnessed :])
        return None if first is None and verdict.unwitnessed == young else f"{verdict}, where nobody can know"
    if first is None or first.kind not in altered.named:
        return f"{first} is not {altered.named}"
    last = first.logindex if first.last is None else first.last
    range_ = altered.range or (altered.at, altered.at)
    return None if (first.logindex, last) == range_ else f"{first} is not about {range_}"


def test_nothing_is_found_in_a_thousand_clean_stores() -> None:
    chance = random.Random(SEED)
    for number in range(CLEAN):
        whole = store(chance)

        report = verify(whole.lines, trusted(whole.checkpoints, [LOG.verifier_key]))

        assert report.outcome == "whole", f"store {number}: {report.findings[:1]}"
        assert report.verdicts[0].holds == whole.witnessed
        assert report.verdicts[0].unwitnessed == len(whole.lines) - whole.witnessed


def test_the_events_alone_show_nothing_of_a_history_made_anew() -> None:
    """Why checkpoints are kept by somebody else: without them this alteration is nothing that could be found."""
    chance = random.Random(SEED)
    whole = store(chance)

    report = verify(rechain(chance, whole).lines, Trusted(()))

    assert report.findings == []
    assert report.outcome == "unclear"
