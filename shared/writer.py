"""A writer as a process: what the three deciding services have in common, put together from plain arguments."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from fastapi import APIRouter, FastAPI

from shared import messaging
from shared.clock import Clock
from shared.consumer import Arrival, HttpDoor, Inbox, Subscription
from shared.documents.asyncapi import Interface
from shared.documents.listening import heard_by
from shared.documents.refusals import refusals_of
from shared.documents.streams import of_every_service, streams_of
from shared.erasing import Clear, Fences, clear_claims, erase_person
from shared.eventstore import EventStore
from shared.identity import Clients, Doorkeeper
from shared.intake import Admission, Admissions, Intake, People, View, Views, origins, staff, successions
from shared.intake.answers import answers_router
from shared.intake.http import Doorway, commands_router, events_router
from shared.intake.kafka import KafkaDoor, ingest_pattern
from shared.intake.people import LookUp
from shared.intake.views import inbox as views_inbox
from shared.intake.voiding import PuttingRight
from shared.reactions import Reacting, Reaction, void_what_followed
from shared.runtime import (
    Closing,
    Part,
    Resources,
    Ticking,
    make_app,
    proof,
    read_due,
    read_history,
    read_parked,
    sequencer_health,
    show_sequencer,
    subscription_health,
    token_router,
)
from shared.sealing import Sealing, proofs_router, read_unsealed, show_sealing
from shared.sequencer import Sequencer
from shared.settings import ServiceSettings
from shared.vault import Vault

answering = (
    "shared.intake",
    "shared.eventstore",
    "shared.problems",
    "shared.identity",
    "shared.runtime",
    "shared.sealing",
)
"""What answers for a writer beside its own package."""

answer_seconds = 20.0
"""How long somebody waits at the door: longer than a batch of 500 takes, and than Postgres takes to start again."""

OnClock = Callable[[EventStore, Vault, Clock], Awaitable[int]]
"""What a service does when time passes; how many facts that made."""


@dataclass(frozen=True, slots=True)
class Telling:
    """How a service tells schools what it has for them.

    Attributes:
        events: what they are told.
        parts: what does it while the service runs.
        gauges: how far it has come.
        routes: what whoever is told asks about it.
        take_back: takes back what was told of somebody who is erased.
    """

    events: Sequence[type[Any]] = ()
    parts: Callable[[Resources, Sequencer], Sequence[Part]] = lambda _, __: ()
    gauges: Callable[[EventStore, Clock], Awaitable[None]] | None = None
    routes: Callable[[Vault], Sequence[APIRouter]] = lambda _: ()
    take_back: Callable[[EventStore, Resources], Clear] | None = None


def writer_app(  # noqa: PLR0913  a composition names its parts
    resources: Resources,
    versions: Path,
    *,
    package: str,
    title: str,
    admissions: Admissions,
    commands: Mapping[str, Admission],
    putting_right: PuttingRight,
    hears: Sequence[str],
    people: Callable[[EventStore], LookUp] | None = None,
    views: Sequence[View] = (),
    reactions: Sequence[Reaction] = (),
    questions: Callable[[EventStore], Sequence[APIRouter]] = lambda _: (),
    on_clock: Sequence[OnClock] = (),
    telling: Telling = Telling(),
) -> FastAPI:
    """A writer's application.

    Args:
        versions: its migrations.
        package: its own, with its `domain`: what it tells of itself is found there.
        admissions: how each type of claim is taken in.
        commands: the same, by the paths of typed commands.
        putting_right: how its records are put right.
        hears: whose events it listens to: talent's for the register, its own where it wants them.
        people: how the register itself finds people by their staff references. Without it, they are those that it heard
            of from the register, and every person whom a claim names has to be one of them.
        views: what it keeps of those, beside which trust each school belongs to.
        reactions: what it does about those.
        questions: its own reads.
        telling: what it tells schools, where it does.
    """
    settings, service = resources.settings, resources.settings.service
    store = EventStore(service, resources.pool)

    async def trusts_of(urns: Collection[str]) -> Mapping[str, str]:
        return await origins.trusts_of(resources.pool, urns, resources.clock.now())

    async def reach(urns: Collection[str]) -> Mapping[str, Collection[str]]:
        return await successions.receipts_reach(resources.pool, urns, resources.clock.now())

    sequencer = Sequencer(store, settings.cluster, reach)
    sealing = Sealing(
        sequencer, resources.vault, resources.clock, settings.cluster, settings.log_origin, settings.checkpoints
    )
    doorkeeper = Doorkeeper(resources.verifier, Clients(resources.pool, trusts_of))
    found = People(staff.heard_of(resources.pool)) if people is None else People(people(store), checks_ids=False)
    intake = Intake(store, resources.vault, resources.clock, admissions, found, trusts_of, sequencer.wake)

    clear: list[Clear] = [partial(clear_claims, resources.pool, resources.vault, intake)]
    if telling.take_back is not None:
        clear.append(telling.take_back(store, resources))
    reactions = (*reactions, void_what_followed(putting_right), erase_person(service, resources.vault, clear))
    reacting = Reacting(store, resources.vault, resources.clock, reactions, sequencer.wake)
    every = [origins.view, successions.view, *([staff.view] if people is None else []), *views]
    looking = Views(every, heard_by(*every))

    async def heard(connection: asyncpg.Connection, arrivals: Sequence[Arrival]) -> None:
        await looking.hear(connection, arrivals)
        await reacting.keep(connection, arrivals)

    peers = httpx.AsyncClient(headers=proof(settings), timeout=10)
    inbox = Inbox(
        resources.pool,
        views_inbox,
        {messaging.events_topic(name): name for name in hears},
        heard,
        resources.vault,
        HttpDoor(peers, dict(settings.peers)),
        after=reacting.heard,
    )
    facts = Subscription(
        settings.cluster,
        inbox,
        service=service,
        group=f"{service}-views",
        topics=[messaging.events_topic(name) for name in hears],
        max_records=1_000,
    )
    claims = Subscription(
        settings.cluster,
        KafkaDoor(resources.pool, intake, settings.cluster),
        service=service,
        group=f"{service}-intake",
        pattern=ingest_pattern(service),
        max_records=4_000,
    )
    health = resources.health(versions)
    sequencer_health(sequencer, health)
    show_sequencer(sequencer)
    show_sealing(sealing, health)
    for subscription in (facts, claims):
        subscription_health(subscription, health)

    async def gauges() -> None:
        await read_history(store, resources.clock)
        await read_unsealed(store, resources.clock)
        await read_parked(service, resources.pool, [views_inbox])
        await read_due(service, resources.pool)
        if telling.gauges is not None:
            await telling.gauges(store, resources.clock)

    ticking = Ticking(lambda: _tick(store, resources, intake, sequencer, on_clock))
    return make_app(
        resources,
        title=title,
        routers=[
            events_router(intake),
            answers_router(resources.pool, resources.clock),
            *([token_router(doorkeeper, settings.signing_key_file)] if settings.signing_key_file else []),
            commands_router(Doorway(store, resources.vault, resources.clock, found, sequencer.wake), commands),
            proofs_router(sealing),
            *questions(store),
            *telling.routes(resources.vault),
        ],
        parts=[
            Fences(store, resources.vault),
            sequencer,
            sealing,
            reacting,
            facts,
            claims,
            ticking,
            *telling.parts(resources, sequencer),
            Closing(peers),
        ],
        health=health,
        gauges=gauges,
        refusals=partial(refusals_of, (package, *answering)),
        interface=partial(
            _interface, settings, package, title, [*every, *(r.on for r in reactions)], admissions, telling
        ),
        doorkeeper=doorkeeper,
        answer_seconds=answer_seconds,
    )


def _interface(
    settings: ServiceSettings,
    package: str,
    title: str,
    listeners: Sequence[View | tuple[type[Any], ...]],
    admissions: Admissions,
    telling: Telling,
) -> Interface:
    """What a writer says and hears over Kafka."""
    return Interface(
        service=settings.service,
        title=title,
        kafka=settings.kafka,
        streams=streams_of(import_module(f"{package}.domain")) | of_every_service(settings.service),
        heard={cls: [views_inbox] for cls in heard_by(*listeners)},
        claims={type_name: admission.json_schema() for type_name, admission in admissions.items()},
        refusals=refusals_of((package, *answering)),
        tells=telling.events,
    )


async def _tick(
    store: EventStore, resources: Resources, intake: Intake, sequencer: Sequencer, on_clock: Sequence[OnClock]
) -> None:
    await intake.look_after_parked()
    await intake.forget_kept()
    made = [await happening(store, resources.vault, resources.clock) for happening in on_clock]
    if any(made):
        sequencer.wake()
