"""Three groups of schools that have nothing to do with each other, two in one trust: for tests of who sees what.

Each lives through a random history of its own. Nothing is shared by the second group: what it would share with every
school of its trust, by purpose, is left out, so that nothing at all of it may be seen by the first.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from services.reporting.history.about import about, kind_of
from shared.contracts import codec
from shared.messaging import Delivered
from tests.support.chapters import CHAPTERS
from tests.support.chapters.cpd import Cpd
from tests.support.chapters.practice import Practice
from tests.support.chapters.voices import Voices
from tests.support.story import TRUST
from tests.support.teller import Chapter, Teller

OTHER_TRUST = "99002"
OURS, NEXT_DOOR, ELSEWHERE = (tuple(f"9{group}000{n}" for n in range(1, 7)) for group in (1, 2, 3))
"""URNs: of one trust the first two, of the other the last."""

_STEPS = 1_200
_beside = "99003"
"""What the second group's story calls its trust while it is told, so that no stream of it is one of the first's."""
_shares = (Cpd, Practice, Voices)
_shared = (
    *("programme-", "session-", "focus-", "cycle-", "rolecount-", "capacity-offer-"),
    *("requirement-", "terms-", "impact-"),
)


@dataclass(frozen=True, slots=True)
class Group:
    """What a group of schools has recorded.

    Attributes:
        marks: what gives it away: its URNs, and the ids of its people and of its events.
    """

    trust: str
    urns: tuple[str, ...]
    told: Sequence[Delivered]

    def events(self, urn: str) -> list[str]:
        """The ids of what was recorded for one school."""
        return [str(d.envelope.id) for d in self.told if d.envelope.urn == urn]

    @property
    def people(self) -> frozenset[str]:
        """Who is named, by their ids."""
        return frozenset(name for d in self.told for name in _named(d) if kind_of(name) == "person")

    @property
    def marks(self) -> frozenset[str]:
        return frozenset({*self.urns, *self.people, *(str(d.envelope.id) for d in self.told)})


def neighbours() -> tuple[Group, Group, Group]:
    """Our schools, those next door in the same trust, and those of another trust."""
    next_door = [chapter for chapter in CHAPTERS if chapter not in _shares]
    ours = _told(1, TRUST, OURS, CHAPTERS)
    beside = [_moved(d) for d in _told(2, _beside, NEXT_DOOR, next_door) if not d.envelope.stream.startswith(_shared)]
    elsewhere = _told(3, OTHER_TRUST, ELSEWHERE, CHAPTERS)
    one, two, three = _numbered(_apart((ours, beside, elsewhere)))
    return Group(TRUST, OURS, one), Group(TRUST, NEXT_DOOR, two), Group(OTHER_TRUST, ELSEWHERE, three)


def _told(seed: int, trust: str, urns: Sequence[str], chapters: Sequence[type[Chapter]]) -> list[Delivered]:
    teller = Teller(random.Random(seed), trust=trust, urns=list(urns), chapters=chapters)
    return list(teller.tell(_STEPS).told)


def _moved(delivered: Delivered) -> Delivered:
    """The same, as if it had been recorded in the first group's trust."""
    meta = replace(delivered.envelope, trustuid=TRUST).meta()
    record = delivered.record.replace(f'"trustuid":"{_beside}"'.encode(), f'"trustuid":"{TRUST}"'.encode())
    return Delivered(meta, delivered.logindex, record)


def _apart(groups: Iterable[Sequence[Delivered]]) -> Iterator[Sequence[Delivered]]:
    """Without the streams, and the people, that one before has: names that are made by counting may be the same."""
    taken: set[str] = set()
    for told in groups:
        streams = {d.envelope.stream for d in told if taken.isdisjoint({d.envelope.stream, *_named(d)})}
        theirs = {d.envelope.stream for d in told if not taken.isdisjoint({d.envelope.stream, *_named(d)})}
        left = [d for d in told if d.envelope.stream in streams - theirs]
        yield left
        taken |= {name for d in left for name in (d.envelope.stream, *_named(d))}


def _numbered(groups: Iterable[Sequence[Delivered]]) -> Iterator[list[Delivered]]:
    """One group's events after the other's, in each service's log."""
    nexts: Counter[str] = Counter()

    def numbered(delivered: Delivered) -> Delivered:
        nexts[delivered.envelope.service] += 1
        return replace(delivered, logindex=nexts[delivered.envelope.service] - 1)

    for told in groups:
        yield [numbered(delivered) for delivered in told]


def _named(delivered: Delivered) -> Sequence[str]:
    return about(codec.decode(delivered.envelope.type, delivered.record)) or ()
