"""The whole dashboard: the addresses of every page there is."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter

from services.reporting.reports import Report
from services.reporting.tokens import SealsBytes
from services.reporting.web.answer_links import AnswerLinks, LinkPages
from services.reporting.web.commands import Commands
from services.reporting.web.event_pages import EventPages
from services.reporting.web.forms import forms
from services.reporting.web.forms.pages import FormPages
from services.reporting.web.history_pages import HistoryPages
from services.reporting.web.pages import Pages
from services.reporting.web.post_pages import PostPages
from services.reporting.web.receipt_pages import ReceiptPages
from services.reporting.web.school_pages import SchoolPages
from services.reporting.web.sign_in import SignIn
from services.reporting.web.site import Site


def routers(site: Site, reports: Mapping[str, Report], vault: SealsBytes, commands: Commands | None) -> list[APIRouter]:
    """The routes of the pages.

    Args:
        vault: seals the links by which a meeting's team answers.
        commands: sends what people do at the pages; None where they can only look.
    """
    links = AnswerLinks(vault)
    pages = [
        Pages(site, reports).router(),
        SchoolPages(site, reports, links).router(),
        EventPages(site, reports).router(),
        HistoryPages(site, reports["history"]).router(),
        ReceiptPages(site, reports).router(),
        SignIn(site).router(),
    ]
    if site.subscriptions is not None:
        pages.append(PostPages(site, site.subscriptions).router())
    if commands is None:
        return pages
    filling = FormPages(site, commands, forms)
    return [*pages, filling.router(), LinkPages(site, links, filling).router()]
