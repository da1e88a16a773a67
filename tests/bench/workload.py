"""What is measured on: a half-term of the feedback loop as the services would record it, the same in every run.

Where nothing else is said a trust has fifty schools; each has a meeting a fortnight with three standard items.
Each answer has a sealed comment of a sentence or two, and each is acknowledged, responded to and read: so a meeting
makes fourteen events, on the meeting's stream and one stream an answer.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.contracts.collaboration import loop as c
from shared.messaging import Delivered
from shared.vault import Key
from tests.support.story import Story, named

SCHOOLS_A_TRUST = 50
FORTNIGHTS = 6
BEGINS = datetime(2026, 9, 7, 8, tzinfo=UTC)
_COMMENT = "Attendance on Fridays is the gap; the year team rings every family by nine, and it begins to show. "
_RESPONSE = "The attendance lead comes for three half-days from Monday and works with your year team. "


@dataclass(frozen=True, slots=True)
class OneKey:
    """Seals every text with the same key: what a key costs is the vault's business, what a text costs is the same."""

    key: Key

    def seal(self, _subject: str, text: str, place: str) -> str:
        return self.key.seal(text, place)


SEALER = OneKey(Key(UUID(int=1), AESGCM(bytes(range(32)))))


def half_term(meetings: int) -> list[Delivered]:
    """The events of so many meetings, with the register and agenda that they need, in the order of their recording."""
    return _told(itertools.islice(_meetings(SCHOOLS_A_TRUST), meetings), SCHOOLS_A_TRUST)


def one_trust(schools: int) -> list[Delivered]:
    """The half-term of one trust with so many schools, all meetings of it."""
    return _told(itertools.islice(_meetings(schools), FORTNIGHTS * schools), schools)


def _told(meetings: Iterable[tuple[int, int, int]], schools: int) -> list[Delivered]:
    story = Story(BEGINS, sealer=SEALER)
    for number, meeting in enumerate(meetings):
        _tell(story, number, *meeting, schools)
    return story.told


def told_in_parts(events: int) -> Iterator[list[Delivered]]:
    """The same without an end, about so many events at a time."""
    story = Story(BEGINS, sealer=SEALER)
    for number, meeting in enumerate(_meetings(SCHOOLS_A_TRUST)):
        _tell(story, number, *meeting, SCHOOLS_A_TRUST)
        if len(story.told) >= events:
            yield story.told
            story.told = []


def _meetings(schools: int) -> Iterator[tuple[int, int, int]]:
    """(trust, fortnight, school), trust by trust: as many as anybody may want."""
    return ((t, f, s) for t in itertools.count() for f in range(FORTNIGHTS) for s in range(schools))


def _tell(story: Story, number: int, trust: int, fortnight: int, school: int, schools: int) -> None:
    first = 100_000 + trust * schools
    if school == 0:
        _agree(story, trust, fortnight, [str(urn) for urn in range(first, first + schools)])
    _meet(story, trust, fortnight, str(first + school), number)


def _agree(story: Story, trust: int, fortnight: int, urns: Sequence[str]) -> None:
    """The trust agrees on three focus areas and has them put on every agenda of the fortnight."""
    story.trust = uid = str(10_000 + trust)
    cycle, starts_on = f"2026/27-{fortnight}", date(2026, 9, 7) + timedelta(days=14 * fortnight)
    if fortnight == 0:
        story.registers(f"Trust {uid}")
        for urn in urns:
            story.joins(urn, f"School {urn}", date(2020, 9, 1))
    ends_on = starts_on + timedelta(days=13)
    story.tell(
        c.CycleOpened(trustuid=uid, cycle=cycle, starts_on=starts_on, ends_on=ends_on), f"cycle-{uid}-{fortnight}"
    )
    for focus in range(3):
        if fortnight == 0:
            story.agrees_on(f"{uid}/{focus}", f"Focus area {focus}", starts_on)
        due_by = datetime.combine(ends_on, datetime.min.time(), UTC)
        story.asks(_item(uid, fortnight, focus), f"{uid}/{focus}", cycle, urns, due_by)


def _item(uid: str, fortnight: int, focus: int) -> str:
    return f"{uid}/{fortnight}/{focus}"


def _meet(story: Story, trust: int, fortnight: int, urn: str, number: int) -> None:
    uid, meeting = str(10_000 + trust), f"meeting {number}"
    story.later(seconds=20)
    story.meets(meeting, [urn], story.now)
    for focus in range(3):
        item = _item(uid, fortnight, focus)
        story.tell(
            c.AgendaItemFeedbackGiven(
                meeting_id=named(meeting),
                item_id=named(item),
                focus_id=named(f"{uid}/{focus}"),
                cycle=f"2026/27-{fortnight}",
                urn=urn,
                held_at=story.now,
                rag=("red", "amber", "green")[(number + focus) % 3],
                confidence=1 + number % 5,
                comment=_COMMENT * (1 + number % 2),
                needs_help=number % 4 == 0,
            ),
            _stream(item, urn),
            urn=urn,
        )
    story.reports(meeting, 3, 3)
    for focus in range(3):
        item = _item(uid, fortnight, focus)
        story.acknowledges(meeting, item, urn)
        story.tell(
            c.TrustResponseGiven(
                item_id=named(item), urn=urn, meeting_id=named(meeting), response=_RESPONSE, by="leader-1"
            ),
            _stream(item, urn),
            urn=urn,
        )
        story.reads(meeting, item, urn)


def _stream(item: str, urn: str) -> str:
    return f"answer-{named(item)}-{urn}"
