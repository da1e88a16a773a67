"""Reporting, put together."""

from __future__ import annotations

from datetime import UTC, datetime
from email.headerregistry import Address
from functools import partial
from pathlib import Path

import httpx
from fastapi import FastAPI

from services.reporting import checkpoints, composition, event_api
from services.reporting.calendar_links import CalendarLinks
from services.reporting.config import Settings
from services.reporting.erasing import api as erasure_api
from services.reporting.post.letters import Letters
from services.reporting.post.mail import Server
from services.reporting.post.rounds import Rounds
from services.reporting.post.subscriptions import Subscriptions
from services.reporting.post.writing import Writing
from services.reporting.reports import reports
from services.reporting.seeing.scope import EVERYTHING, NOTHING
from services.reporting.seeing.texts import Texts
from services.reporting.signing_in.provider import OpenIdProvider
from services.reporting.signing_in.sessions import Sessions, Vouching
from services.reporting.web import dashboard, ics
from services.reporting.web.admission import Admission
from services.reporting.web.commands import Commands
from services.reporting.web.gate import Gate
from services.reporting.web.problem import problem_page
from services.reporting.web.provider_sign_in import ProviderSignIn
from services.reporting.web.sign_in import vouch
from services.reporting.web.site import Site
from shared import problems
from shared.consumer import HttpDoor, Subscription
from shared.documents.asyncapi import Interface
from shared.documents.refusals import refusals_of
from shared.messaging import checkpoints_topic
from shared.runtime import (
    Closing,
    Part,
    Resources,
    make_app,
    proof,
    read_parked,
    read_positions,
    serve,
    subscription_health,
)

title = "Baton: reporting"
answering = ("services.reporting", "shared.problems", "shared.runtime")
"""Whose refusals are answered here."""
versions = Path(__file__).parent / "migrations" / "versions"


def build(settings: Settings) -> FastAPI:
    """The service's application."""
    resources = Resources.of(settings)
    peers = httpx.AsyncClient(headers=proof(settings), timeout=10)
    signed_in = settings.access == "signed_in"
    reporting = composition.build(
        resources.pool,
        settings.cluster,
        resources.clock,
        HttpDoor(peers, dict(settings.peers)),
        resources.vault,
        unasked=NOTHING if signed_in else EVERYTHING,
    )
    provider, believed = _provider(settings, resources), settings.signing_key_file is not None
    admission = Admission(reporting.reading, provider, settings.trust) if provider else None
    sessions = Sessions(resources.pool, Vouching(resources.vault, admission.renew) if admission else None)
    signs_in = believed or admission is not None
    site = Site(
        reporting.reading,
        resources.clock,
        trust=settings.trust,
        brand=settings.brand,
        sessions=sessions if signs_in else None,
        texts=Texts(resources.vault),
        subscriptions=Subscriptions(resources.pool, resources.vault) if settings.smtp else None,
        home=settings.public_address,
        provider=provider.origin if provider else None,
        calendars=CalendarLinks(resources.vault, resources.clock) if signed_in else None,
        signed_in=signed_in,
    )
    gate = Gate(site, reports, provider)
    commands = None
    if signs_in:
        commands = Commands(peers, settings.peers, resources.pool, vouch(settings.signing_key_file))
    way_in = ProviderSignIn(site, sessions, admission, resources.vault).router() if admission else None
    witnessing = Subscription(
        settings.cluster,
        checkpoints.Checkpoints(resources.pool, resources.clock),
        service=settings.service,
        group=checkpoints.group,
        topics=[checkpoints_topic],
    )
    health = resources.health(versions)
    for subscription in (reporting.subscription, witnessing):
        subscription_health(subscription, health)

    async def prepared() -> str | None:
        return None if reporting.prepared else "the read models are being made"

    health.ready["read models"] = prepared

    async def gauges() -> None:
        await read_positions(settings.service, resources.pool, resources.clock)
        await read_parked(settings.service, resources.pool, [composition.group])
        await checkpoints.read_refused(settings.service, resources.pool, composition.writers)

    app = make_app(
        resources,
        title=title,
        routers=[
            gate.around(router)
            for router in (
                reporting.router,
                event_api.router(reporting.reading, reports, trust=settings.trust),
                erasure_api.router(reporting.reading, trust=settings.trust),
                *dashboard.routers(site, reports, resources.vault, commands, way_in, team_links=believed),
                ics.router(reporting.reading, trust=settings.trust),
            )
        ],
        parts=[Closing(peers), reporting, witnessing, *_post(settings, site, commands if believed else None)],
        health=health,
        gauges=gauges,
        refusals=lambda: refusals_of(answering),
        interface=lambda: Interface(
            service=settings.service,
            title=title,
            kafka=settings.kafka,
            streams={},
            heard=composition.heard(reporting.projections.values()),
        ),
    )
    problems.install(app, settings.service, partial(problem_page, site))
    return app


def _provider(settings: Settings, resources: Resources) -> OpenIdProvider | None:
    """Where people sign in, if they do so elsewhere."""
    described, secret, home = settings.sign_in, settings.sign_in_secret, settings.public_address
    if described is None or secret is None or home is None:
        return None
    [issuer] = [issuer for issuer in settings.issuers if issuer.issuer == described.issuer]
    now = partial(datetime.now, UTC)
    return OpenIdProvider(described, issuer, secret.get_secret_value(), home, resources.verifier, now)


def _post(settings: Settings, site: Site, commands: Commands | None) -> list[Part]:
    """What sends letters, where there is a mail server."""
    subscriptions = site.subscriptions
    if subscriptions is None or not (settings.smtp and settings.post_from and settings.public_address):
        return []
    server = Server.at(settings.smtp.get_secret_value())
    writing = Writing(settings.public_address.rstrip("/"), Address(addr_spec=settings.post_from))
    letters = Letters(subscriptions.pool)
    return [Rounds(site.reading, subscriptions, letters, server, writing, trust=site.trust, commands=commands)]


def main() -> None:
    """Run the service."""
    settings = Settings()
    serve(lambda: build(settings), settings)


if __name__ == "__main__":
    main()
