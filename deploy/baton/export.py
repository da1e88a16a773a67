"""`baton events export`, and `baton events lines`, which makes lines of an export as Parquet."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from deploy.baton.options import Writer, in_london, trust_uid, urns, writers
from deploy.baton.output import Json, progress, run, show

if TYPE_CHECKING:
    from deploy.exporting.history import Filter


class Format(StrEnum):
    """How an export is written."""

    jsonl = "jsonl"
    parquet = "parquet"


def export(
    *,
    service: Writer = None,
    trust: Annotated[str | None, typer.Option("--trust", callback=trust_uid, help="Only this trust's events.")] = None,
    stream: Annotated[str | None, typer.Option("--stream", help="Only this stream's events.")] = None,
    school: Annotated[
        str | None, typer.Option("--school", callback=urns, help="Only events that concern this school, by its URN.")
    ] = None,
    person: Annotated[
        UUID | None, typer.Option("--person", help="Only events that concern this person, by their id.")
    ] = None,
    type_name: Annotated[str | None, typer.Option("--type", help="Only events of this type.")] = None,
    since: Annotated[
        datetime | None, typer.Option("--since", help="Only events recorded since; a time in the UK.")
    ] = None,
    until: Annotated[datetime | None, typer.Option("--until", help="Only events recorded before.")] = None,
    start: Annotated[int, typer.Option("--from", min=0, help="From this log index on.")] = 0,
    format_: Annotated[Format, typer.Option("--format", help="Lines, or a directory of Parquet files.")] = Format.jsonl,
    out: Annotated[Path | None, typer.Option("--out", help="Write there instead of to stdout.")] = None,
    from_start: Annotated[
        bool, typer.Option("--from-start", help="Forget where the export of this name stopped.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Export events, in the order of each service's log; personal texts stay sealed.

    With --out it may be interrupted: the same command goes on where it stopped, and the export ends where the log ended
    when it was begun. OUT.manifest.json says that it is whole: what was asked, how many events there are of each
    service, the files' SHA-256, and the checkpoints that cover them.
    """
    from deploy.exporting.exporting import export, manifest_of
    from deploy.exporting.history import Filter

    if out is None and (as_json or format_ is not Format.jsonl or from_start):
        raise typer.BadParameter("--json, --format parquet and --from-start need --out: stdout is for lines")
    wanted = Filter(
        start=start,
        stream=stream,
        type=type_name,
        trust=trust,
        school=school,
        person=None if person is None else run(entries(person)),
        since=in_london(since),
        until=in_london(until),
    )
    if out is None:
        run(_told(writers(service), wanted))
        return
    if from_start:
        from deploy.exporting.halfway import forget

        forget(out)
    with progress() as report:
        made = run(export(writers(service), wanted, format_.value, out, report))
    counts = {name: reached.events for name, reached in made.services.items()}
    text = f"Exported {sum(counts.values()):,} events to {out}; {manifest_of(out)} says what is in it."
    show({"events": counts, "out": str(out), "manifest": str(manifest_of(out))}, text, as_json=as_json)


async def entries(person_id: UUID) -> tuple[str, ...]:
    """All that are this person: what was recorded of a merged one concerns them."""
    from deploy.entries import entries_of

    return tuple(map(str, (await entries_of(person_id)).all))


async def _told(services: tuple[str, ...], wanted: Filter) -> None:
    from deploy.databases import connected
    from deploy.exporting.history import as_line, events

    stdout = typer.get_binary_stream("stdout")
    for service in services:
        async with connected(service) as store:
            async for event in events(store, wanted):
                stdout.write(as_line(event))


def lines(
    export: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="What was exported as Parquet.")],
    *,
    out: Annotated[Path | None, typer.Option("--out", dir_okay=False, help="Write there instead of to stdout.")] = None,
) -> None:
    """The lines of an export as Parquet, byte for byte as they would have been exported: what the verifier reads."""
    from deploy.exporting.history import as_line
    from deploy.exporting.parquet import events_of
    from deploy.private_file import private_file

    if out is None:
        typer.get_binary_stream("stdout").writelines(map(as_line, events_of(export)))
        return
    with private_file(out) as file:
        file.writelines(map(as_line, events_of(export)))
