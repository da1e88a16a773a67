"""Playing a plan: the clock moves from moment to moment, everybody says their part, and every answer is checked.

Before the clock moves on, the reports know everything that was said: so the time that the platform takes is measured in
real milliseconds and the clock's jumps are never in it.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from deploy.demo.doors import Answer, Doors
from deploy.demo.plan import Expected, Moment, Plan, Saying, Speaker
from deploy.demo.weeks import by_week, week_line
from deploy.errors import Unmet
from shared.clock import SimulatedClock

_VISIBLE_S = 30.0
_POLL_S = 0.02

Progress = Callable[[str], None]


@dataclass(slots=True)
class Played:
    """What came of it.

    Attributes:
        refused: refusals, by their codes.
        brought_back: claims that were parked and are accepted by now; `parked` are those that still wait.
    """

    refused: Counter[str] = field(default_factory=Counter)
    parked: Counter[str] = field(default_factory=Counter)
    duplicates: int = 0
    brought_back: int = 0


class Play:
    """Plays a plan on a stack that is up, whose clock is this one.

    Args:
        known: how many events of each service there were before.
    """

    def __init__(self, doors: Doors, clock: SimulatedClock, known: Counter[str]) -> None:
        self._doors = doors
        self._clock = clock
        self._known = Counter(known)
        self.played = Played()

    async def through(self, plan: Plan, report: Progress) -> Played:
        """Live through the whole plan; a line for each week as it ends."""
        for week, moments in by_week(plan):
            for moment in moments:
                await self.moment(moment)
            report(week_line(week, moments))
        self._clock.move_to(plan.ends_at)
        return self.played

    async def moment(self, moment: Moment) -> None:
        """Live through one moment.

        Raises:
            Unmet: an answer is not the one that was planned, or does not come.
        """
        if moment.at > self._clock.now():
            self._clock.move_to(moment.at)
        by_speaker: defaultdict[Speaker, list[Saying]] = defaultdict(list)
        for saying in moment.sayings:
            by_speaker[saying.speaker].append(saying)
        try:
            async with asyncio.TaskGroup() as everybody:
                for sayings in by_speaker.values():
                    everybody.create_task(self._speak(sayings))
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from None
        for saying in moment.brought_back:
            check(saying, await self._doors.second_answer(saying))
            self.played.brought_back += 1
            self.played.parked -= Counter({"meeting_unknown": 1})
        self._known += moment.makes()
        await self._until_visible(moment)

    async def _speak(self, sayings: Sequence[Saying]) -> None:
        """One speaker's sayings, in order: what goes through one door to one service in a row goes together."""
        for _, together in groupby(sayings, key=lambda saying: (saying.door, saying.service)):
            said = list(together)
            for saying, answer in zip(said, await self._doors.say(said), strict=True):
                if answer.code == "person_unknown":  # who was registered a moment ago may not be heard of yet
                    answer = await self._doors.second_answer(saying)  # noqa: PLW2901  its last answer
                check(saying, answer)
                self._count(saying.expects)

    def _count(self, answer: Expected) -> None:
        if answer.outcome == "refused":
            self.played.refused[answer.code or ""] += 1
        elif answer.outcome == "parked":
            self.played.parked[answer.code or ""] += 1
        self.played.duplicates += answer.outcome == "duplicate"

    async def _until_visible(self, moment: Moment) -> None:
        """Wait until the reports know all there is."""
        position: dict[str, int] = {}
        try:
            async with asyncio.timeout(_VISIBLE_S):
                while missing := self._missing(position := await self._doors.position()):  # noqa: ASYNC110 - its own
                    await asyncio.sleep(_POLL_S)
        except TimeoutError:
            missing = self._missing(position)
            raise Unmet(
                f"After {moment.at:%-d %B %H:%M}, {_VISIBLE_S:.0f} seconds did not suffice: the reports lack "
                f"{' and '.join(f'{n} events of {service}' for service, n in missing.items())}.",
                "See `baton status`.",
            ) from None

    def _missing(self, position: dict[str, int]) -> Counter[str]:
        shown = Counter({service: index + 1 for service, index in position.items()})
        return self._known - shown


def check(saying: Saying, answer: Answer) -> None:
    """See that an answer is the planned one.

    Raises:
        Unmet: it is another one.
    """
    expected = saying.expects
    outcome = "accepted" if answer.again and answer.outcome == "duplicate" and saying.is_accepted else answer.outcome
    same = (outcome, answer.code) == (expected.outcome, expected.code)
    if same and expected.field in (None, answer.field):
        return
    raise Unmet(
        f"The demo's plan and the platform disagree about {saying.id} ({saying.event}, {saying.door}): planned was "
        f"{_said(expected)}, the answer is {_said(answer)}."
    )


def _said(answer: Answer | Expected) -> str:
    return " ".join(part for part in (answer.outcome, answer.code, answer.field) if part)
