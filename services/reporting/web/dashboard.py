"""The whole dashboard: the addresses of every page there is."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter

from services.reporting.reports import Report
from services.reporting.tokens import SealsBytes
from services.reporting.web.answer_links import AnswerLinks, LinkPages
from services.reporting.web.commands import Commands
from services.reporting.web.compare_pages import ComparePages
from services.reporting.web.event_pages import EventPages
from services.reporting.web.forms import forms
from services.reporting.web.forms.pages import FormPages
from services.reporting.web.history_pages import HistoryPages
from services.reporting.web.intake_pages import IntakePages
from services.reporting.web.pages import Pages
from services.reporting.web.post_pages import PostPages
from services.reporting.web.receipt_pages import ReceiptPages
from services.reporting.web.reveal_pages import RevealPages
from services.reporting.web.school_pages import SchoolPages
from services.reporting.web.sign_in import SignIn
from services.reporting.web.site import Site


def routers(
    site: Site,
    reports: Mapping[str, Report],
    vault: SealsBytes,
    commands: Commands | None,
    way_in: APIRouter | None = None,
    *,
    team_links: bool = True,
) -> list[APIRouter]:
    """The routes of the pages.

    Args:
        vault: seals the links by which a meeting's team answers.
        commands: sends what people do at the pages; None where they can only look.
        way_in: how people sign in; None: by saying who they are, as far as `site` believes anybody.
        team_links: whether anybody vouches for a meeting's team, which signs in nowhere.
    """
    links = AnswerLinks(vault)
    pages = [
        Pages(site, reports).router(),
        SchoolPages(site, reports, links).router(),
        EventPages(site, reports).router(),
        HistoryPages(site, reports["history"]).router(),
        ComparePages(site, reports["history"]).router(),
        ReceiptPages(site, reports).router(),
        way_in or SignIn(site).router(),
    ]
    if site.subscriptions is not None:
        pages.append(PostPages(site, site.subscriptions).router())
    if commands is None:
        return pages
    if site.texts is not None:
        pages.append(RevealPages(site, site.texts, commands).router())
    filling = FormPages(site, commands, forms)
    pages += [IntakePages(site, commands).router(), filling.router()]
    return [*pages, LinkPages(site, links, filling).router()] if team_links else pages
