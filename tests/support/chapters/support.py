"""Schools ask for help with something of every day; some is answered, some is done with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from shared.contracts.collaboration import support as s
from tests.support.story import named
from tests.support.teller import Act, Chapter, Teller


class Support(Chapter):
    reports = ("support",)

    def __init__(self, teller: Teller) -> None:
        super().__init__(teller)
        self._open: dict[str, tuple[str, datetime]] = {}

    def acts(self) -> Sequence[Act]:
        return [self._asks] * 15 + [self._answers] * 15 + [self._closes] * 8

    def forgets(self, event: Any) -> None:
        if isinstance(event, s.SupportRequested):
            self._open = {name: about for name, about in self._open.items() if named(name) != event.request_id}

    def _asks(self) -> None:
        name, urn = f"request {self.teller.trust} {len(self.story.told)}", self.chance.choice(self.teller.urns)
        kind: Any = self.chance.choice(("site", "hr", "compliance", "other"))
        opened_at = self.story.now - timedelta(minutes=self.chance.randrange(5_000))
        event = s.SupportRequested(
            request_id=named(name),
            trustuid=self.teller.trust,
            urn=urn,
            kind=kind,
            request="The boiler.",
            opened_at=opened_at,
        )
        self._tell(event, name, urn)
        self._open[name] = (urn, opened_at)

    def _answers(self) -> None:
        if self._open:
            name = self.chance.choice(list(self._open))
            urn, opened_at = self._open[name]
            when = self._between(opened_at)
            event = s.SupportRequestAnswered(
                request_id=named(name), urn=urn, answer="Tomorrow.", by="estates", answered_at=when
            )
            self._tell(event, name, urn)

    def _closes(self) -> None:
        if self._open:
            name = self.chance.choice(list(self._open))
            urn, opened_at = self._open.pop(name)
            self._tell(
                s.SupportRequestClosed(request_id=named(name), urn=urn, closed_at=self._between(opened_at)), name, urn
            )

    def _between(self, opened_at: datetime) -> datetime:
        return opened_at + max(timedelta(), self.story.now - opened_at) * self.chance.random()

    def _tell(self, event: Any, name: str, urn: str) -> None:
        self.story.tell(event, f"support-request-{named(name)}", urn=urn)
