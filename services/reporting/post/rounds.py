"""The post's rounds: what there is an occasion for is written and handed over, to each who asked for it, once."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import product
from typing import get_args

import structlog
from prometheus_client import Counter

from services.reporting.post import reminders
from services.reporting.post.kind import Content, KindName, Occasion
from services.reporting.post.kinds import kinds
from services.reporting.post.letters import Letter, Letters
from services.reporting.post.mail import Handed, Outcome, Server
from services.reporting.post.subscriptions import Subscriptions
from services.reporting.post.writing import Writing
from services.reporting.read_models.reading import Reading
from services.reporting.seeing.scope import EVERYTHING, seen_by
from services.reporting.web import framing
from services.reporting.web.commands import Commands

log = structlog.get_logger()

every_s = 10.0
_drain_s = 10.0
_counted = Counter("baton_letters", "Letters, by what came of handing them over", ["service", "kind", "outcome"])


@dataclass(slots=True)
class Rounds:
    """A part of the service: it goes round as long as that runs. Several processes may.

    Attributes:
        trust: the UID of the trust whose post it is; None for the one that the newest cycle belongs to.
        commands: lets the loop's service record reminders; None where nobody takes this service's word.
    """

    reading: Reading
    subscriptions: Subscriptions
    letters: Letters
    server: Server
    writing: Writing
    trust: str | None = None
    commands: Commands | None = None
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin, in the background. Every count is there from the start, at 0: so an alert sees the first rise."""
        for kind, outcome in product(kinds, get_args(Outcome)):
            _counted.labels("reporting", kind, outcome)
        self._task = asyncio.create_task(self._run(), name="post")

    async def stop(self) -> None:
        """Let the letter in hand go out; the others go out when somebody starts again."""
        self._stopping.set()
        if self._task is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._task, _drain_s)

    async def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with seen_by(EVERYTHING):  # what a letter says it asks for its own readers alone
                    await self.go()
            except Exception as fault:  # noqa: BLE001  whatever it was: the next round may fare better
                log.warning("round_failed", error=type(fault).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), every_s)

    async def go(self) -> None:
        """One round."""
        for letter_id, kind in await self.letters.lose_sight():
            _tell(letter_id, kind, Handed("unknown"))
        trust, due = await self._due()
        contents: dict[tuple[KindName, Occasion], Content | None] = {}
        for letter in await self.letters.outstanding(due):
            if self._stopping.is_set():
                return
            what = (letter.kind, letter.occasion)
            try:
                if what not in contents:
                    contents[what] = await kinds[letter.kind].content(self.reading, trust, letter.occasion)
                await self._send(letter, contents[what])
            except Exception as fault:  # noqa: BLE001  whatever it was: the others go out
                log.warning("letter_broke", letter_id=str(letter.id), kind=letter.kind, error=type(fault).__name__)
        if self.commands is not None:
            await reminders.tell(self.letters, self.commands)

    async def _due(self) -> tuple[str, list[Letter]]:
        """The trust, and every letter that there is an occasion for, sent or not."""
        subscribed = await self.subscriptions.all()
        if not subscribed:
            return "", []
        async with self.reading(framing.needs) as view:
            trust = (await framing.trust_of(view.conn, self.trust))[0] or ""
            found = [(kind.name, each) for kind in kinds.values() for each in await kind.occasions(view, trust)]
        return trust, [
            Letter(one, name, occasion)
            for name, occasion in found
            for one in subscribed
            if one.trustuid == trust and name in one.kinds and (occasion.urn is None or occasion.urn in one.urns)
        ]

    async def _send(self, letter: Letter, content: Content | None) -> None:
        if content is None:
            return
        at, to = self.reading.clock.now(), self.subscriptions.address(letter.subscription)
        off_path = self.subscriptions.off_path(letter.subscription, letter.kind)
        message = self.writing.message(letter, kinds[letter.kind], content, to=to, off_path=off_path, at=at)
        if await self.letters.claim(letter, content):
            handed = await self.server.hand_over(message, self.writing.sender.addr_spec, to)
            await self.letters.settle(letter, handed.outcome, at)
            _tell(letter.id, letter.kind, handed)


def _tell(letter_id: object, kind: str, handed: Handed) -> None:
    _counted.labels("reporting", kind, handed.outcome).inc()
    level = log.info if handed.outcome == "sent" else log.warning
    level("letter", letter_id=str(letter_id), kind=kind, outcome=handed.outcome, code=handed.code)
