"""`baton events`: a service's history, exported, shown and followed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.baton.export import export, lines
from deploy.baton.options import WRITER_NAMES, Writer, one_of, writers
from deploy.baton.output import Json, example, run, show

if TYPE_CHECKING:
    from shared.messaging import Delivered


def register(app: typer.Typer) -> None:
    group = typer.Typer(name="events", help="The services' histories.", no_args_is_help=True)
    group.command(epilog=example("events export --school 142310 --since 2026-09-01 --out events.jsonl"))(export)
    group.command(epilog=example("events lines events.parquet --out events.jsonl"))(lines)
    group.command("show")(show_event)
    group.command()(tail)
    app.add_typer(group)


def show_event(
    service: Annotated[str, typer.Argument(callback=one_of(WRITER_NAMES), help=", ".join(WRITER_NAMES))],
    logindex: Annotated[int, typer.Argument(min=0, help="The event's number in the service's log.")],
    *,
    as_json: Json = False,
) -> None:
    """Show one event as it is stored."""
    event = run(_one(service, logindex))
    show(event, json.dumps(event, ensure_ascii=False, indent=2), as_json=as_json)


async def _one(service: str, logindex: int) -> dict[str, Any]:
    from deploy.databases import connected
    from deploy.errors import Unmet
    from deploy.exporting.history import one_event

    async with connected(service) as connection:
        event = await one_event(connection, logindex)
    if event is None:
        raise Unmet(f"{service} has no event {logindex}.")
    return event


def tail(*, service: Writer = None, as_json: Json = False) -> None:
    """Follow the events as they are published, one line each, until Ctrl-C."""
    run(_tail(writers(service), as_json=as_json))


async def _tail(services: tuple[str, ...], *, as_json: bool) -> None:
    import asyncio
    import logging
    from contextlib import suppress

    from aiokafka import AIOKafkaConsumer
    from aiokafka.errors import KafkaError

    from deploy.errors import Unmet
    from deploy.settings import stack_settings
    from shared.messaging import Unreadable, delivered, events_topic

    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # what it says is said here, in one sentence
    cluster = stack_settings().cluster
    consumer = AIOKafkaConsumer(*map(events_topic, services), **cluster.client, auto_offset_reset="latest")
    try:
        await consumer.start()
        for partition in consumer.assignment():
            await consumer.position(partition)
        typer.echo("Following. Ctrl-C ends it.", err=True)
        with suppress(asyncio.CancelledError):  # the way to end it
            async for record in consumer:
                try:
                    found = delivered(record)
                except Unreadable as broken:
                    typer.echo(f"{record.topic} {record.partition}/{record.offset}: {broken.reason}", err=True)
                    continue
                show(told(found), line_of(found), as_json=as_json)
    except KafkaError as error:
        raise Unmet(
            f"Kafka at {cluster.bootstrap} cannot be followed ({type(error).__name__}).", "Is Baton up? `baton up`"
        ) from None
    finally:
        await consumer.stop()


def told(found: Delivered) -> dict[str, Any]:
    """An event as it came by."""
    e = found.envelope
    return {
        "time": e.time,
        "service": e.service,
        "logindex": found.logindex,
        "type": e.type,
        "stream": e.stream,
        "version": e.version,
        "urn": e.urn,
    }


def line_of(found: Delivered) -> str:
    """The same in a line: when, which, what, of whom."""
    e = found.envelope
    return f"{e.time:%H:%M:%S} {e.service}/{found.logindex} {e.type.split('.')[3]} {e.stream} {e.urn or ''}".rstrip()
