"""What each address asks for of the one table of rights (`shared.identity.rights`).

An address that is not in here is nobody's, where people sign in: a new page has to say what it asks for.
"""

from __future__ import annotations

from collections.abc import Mapping

from services.reporting.reports import Report
from shared.identity import Deed

ANYBODY = frozenset(
    {
        *("/static/{name}", "/brand.css", "/sign-in", "/sign-in/callback", "/sign-out"),
        *("/a/{token}", "/post/off/{token}"),  # sealed, each for one meeting's team or one letter's reader
    }
)
"""What needs no sign-in: what there is to sign in with, and links that say themselves for whom they are."""

FILLED_IN = "/do/{name}"
"""Who sends a form after their session has ended is told so at this address, and has what they typed in the answer."""

PAGES: Mapping[str, Deed] = {
    **dict.fromkeys(("/", "/partials/loop", "/capacity", "/cpd", "/reviews", "/change"), "read_reports"),
    **dict.fromkeys(
        (
            *("/schools/{urn}", "/schools/{urn}/you-said", "/schools/{urn}/agenda", "/schools/{urn}/agenda.ics"),
            "/calendar.ics",
        ),
        "read_reports",
    ),
    "/people": "see_judgements",  # it begins with who is ready for what
    **dict.fromkeys(
        (
            *("/events", "/history", "/history/compare", "/events/{event_id}", "/events/{event_id}.json"),
            *("/people/{person_id}/history", "/schools/{urn}/history"),
        ),
        "read_history",
    ),
    "/events/{event_id}/reveal": "reveal",
    **dict.fromkeys(("/verify", "/verify/{code}"), "read_people"),
    "/live": "hear_positions",
    "/erasures/{erasure_id}": "see_data_rights",
    "/intake": "ask_fate",
    **dict.fromkeys(("/do", "/do/{name}", "/post"), "act"),
}
"""What each address asks for; those of a report ask for what the report does."""

BEHIND = frozenset({"/reports/{model}/behind", "/reports/{model}/behind.json"})
"""They show the events that a figure counts: the report's rights, and those of the history."""

JUDGING = frozenset({"bench", "gap", "pipeline", "reviews"})
"""The reports that tell what somebody thinks of somebody."""


def deeds_of_report(report: Report | None, model: str) -> tuple[Deed, ...]:
    """What a report asks for; one that is not there, and the pages that have receipts, what every reader may."""
    kind: Deed = "read_reports"
    if report is not None and report.area in ("people", "history"):
        kind = "read_people" if report.area == "people" else "read_history"
    return (kind, "see_judgements") if model in JUDGING else (kind,)


def deeds_of(path: str, model: str, reports: Mapping[str, Report]) -> tuple[Deed, ...]:
    """What somebody needs all of at an address; nothing for one that is not known.

    Args:
        path: as the route has it: `/reports/{model}`.
        model: what stands for `{model}`.
    """
    if path in PAGES:
        return (PAGES[path],)
    deeds = deeds_of_report(reports.get(model), model) if "{model}" in path else ()
    return (*deeds, "read_history") if path in BEHIND else deeds
