"""What somebody at a browser sees when there is no page for them: what is wrong, and what they can do."""

from __future__ import annotations

from dataclasses import replace

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from services.reporting.seeing.scope import seen_by
from services.reporting.web import framing
from services.reporting.web.framing import Frame
from services.reporting.web.site import Site
from shared.problems import Problem, titles

_failed = 500
_headings = titles | {
    400: "This address cannot be read",
    404: "There is no such page",
    500: "Something failed on our side",
    503: "This is not available at the moment",
}


async def problem_page(site: Site, request: Request, problem: Problem) -> Response:
    """A failure as a page. Of one of ours nothing is read for it: what failed could fail again."""
    if "Location" in problem.headers and "hx-request" in request.headers:
        return Response(status_code=204, headers={"HX-Refresh": "true"})  # a part leads nowhere: the page does
    if "Location" in problem.headers:
        return RedirectResponse(problem.headers["Location"], problem.status)
    heading = _headings.get(problem.status, "Refused")
    if problem.status >= _failed:
        request.state.person = None
        page = Frame("Your trust", site.clock.now(), heading, ())
    else:
        with seen_by(getattr(request.state, "scope", site.reading.unasked)):
            page, _ = await site.read(framing.needs, None, lambda view: framing.frame(view, trust=site.trust))
        page = replace(page, heading=heading)
    context = {"page": page, "trust": page.trust, "problem": problem}
    return await site.page(request, "problem.html", context, status=problem.status)
