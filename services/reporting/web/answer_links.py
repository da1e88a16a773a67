"""One-time links: a meeting's team answers its agenda from a phone, without an account.

A link says of itself for which school and meeting it is and until when it works; it is sealed with this service's own
key, so nobody can make or change one, and nothing is kept of it. It works once, because the meeting's id stands in it:
the writer remembers what was recorded under an id, and refuses anything else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from services.reporting.read_models.reading import View
from services.reporting.seeing.scope import Scope, seen_by
from services.reporting.signing_in.sessions import Person
from services.reporting.tokens import SealsBytes, seal, words_of
from services.reporting.web import framing
from services.reporting.web.forms.filled import Filled
from services.reporting.web.forms.meeting import answer
from services.reporting.web.forms.pages import FormPages
from services.reporting.web.framing import Frame
from services.reporting.web.posting import posted
from services.reporting.web.site import Site
from shared.identity import Principal

lasts = timedelta(days=7)
"""A link works from when it is made until so long after its meeting."""
_place = "answer-link"
_meetings = UUID("6b0f7e52-6d0c-5a8e-9a53-2f3c1f0f8a11")
_unreadable = "This link is not complete: scan it again, or ask whoever gave it to you for another."
_expired = "This link has expired: it worked until {} days after its meeting. Ask for a new one."


@dataclass(frozen=True, slots=True)
class Meeting:
    """The leadership meeting of a school that a link is for; the same school and moment is the same meeting."""

    trustuid: str
    urn: str
    held_at: datetime

    @property
    def id(self) -> UUID:
        moment = self.held_at.astimezone(UTC).isoformat()
        return uuid5(_meetings, f"{self.trustuid}/{self.urn}/{moment}")

    @property
    def expires_at(self) -> datetime:
        return self.held_at + lasts

    @property
    def team(self) -> Person:
        """Who answers: somebody of the school's leadership, whom nobody asks for a name."""
        who = Principal(f"meeting-{self.id}", frozenset({"school_leader"}), self.trustuid, frozenset({self.urn}))
        return Person(who, "The leadership team")

    @property
    def scope(self) -> Scope:
        """What its team is shown."""
        return Scope(self.trustuid, frozenset({self.urn}))


class AnswerLinks:
    """Makes links and reads them."""

    def __init__(self, vault: SealsBytes) -> None:
        self._vault = vault

    def path(self, meeting: Meeting) -> str:
        """Where the team answers."""
        held_at = meeting.held_at.astimezone(UTC).isoformat()
        return f"/a/{seal(self._vault, _place, meeting.trustuid, meeting.urn, held_at)}"

    def read(self, token: str) -> Meeting | None:
        """The meeting that a link is for; None when it is none of ours, or not whole."""
        words = words_of(self._vault, _place, token)
        if words is None:
            return None
        trustuid, urn, held_at = words
        return Meeting(trustuid, urn, datetime.fromisoformat(held_at))


@dataclass(frozen=True, slots=True)
class LinkPages:
    """What somebody sees who follows a link."""

    site: Site
    links: AnswerLinks
    forms: FormPages

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
        router.get("/a/{token}")(self.opened)
        router.post("/a/{token}")(self.sent)
        return router

    async def opened(self, request: Request, token: str) -> Response:
        """The agenda to answer; or that it is answered, or why the link does not work."""
        meeting = self.links.read(token)
        frame, used = await self._known(meeting)
        if meeting is None or used or self._too_late(meeting):
            return await self._instead(request, frame, meeting, used=used)
        filled = Filled(str(meeting.id), request.url.path, {"urn": meeting.urn, "held_at": meeting.held_at.isoformat()})
        with seen_by(meeting.scope):
            return await self.forms.show(request, answer, meeting.team, filled)

    async def sent(self, request: Request, token: str) -> Response:
        """The answers."""
        typed = await posted(request)
        meeting = self.links.read(token)
        if meeting is None or self._too_late(meeting):
            frame, used = await self._known(meeting)
            return await self._instead(request, frame, meeting, used=used)
        filled = Filled(str(meeting.id), request.url.path, typed=typed)
        with seen_by(meeting.scope):
            return await self.forms.take(request, answer, meeting.team, filled)

    def _too_late(self, meeting: Meeting) -> bool:
        return self.site.clock.now() > meeting.expires_at

    async def _instead(self, request: Request, frame: Frame, meeting: Meeting | None, *, used: bool) -> Response:
        said = _unreadable if meeting is None else "" if used else _expired.format(lasts.days)
        heading = "Your answers are with the trust" if used else "This link does not work"
        context = {"page": replace(frame, heading=heading), "trust": frame.trust, "said": said, "meeting": meeting}
        return await self.site.page(request, "answer_link.html", context, status=200 if used else 404)

    async def _known(self, meeting: Meeting | None) -> tuple[Frame, bool]:
        """The frame of the page, and whether the meeting has been reported."""

        async def read(view: View) -> tuple[Frame, bool]:
            frame = await framing.frame(view, trust=self.site.trust)
            if meeting is None:
                return frame, False
            known = await view.conn.fetchval("select true from meeting where meeting_id = $1", meeting.id)
            return frame, bool(known)

        (frame, used), _ = await self.site.read(framing.needs, None, read)
        return frame, used
