"""`baton schema`: the published contracts: their schemas, whether they changed compatibly, their catalogue."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.baton.output import FAILED, Json, show

if TYPE_CHECKING:
    from deploy.contracts.compatibility import Change


def register(app: typer.Typer) -> None:
    group = typer.Typer(name="schema", help="The published contracts.", no_args_is_help=True)
    group.command()(export)
    group.command()(check)
    group.command()(catalogue)
    app.add_typer(group)


def export(
    folder: Annotated[Path, typer.Argument(help="Where to; docs/schemas is the published record.", file_okay=False)],
    *,
    as_json: Json = False,
) -> None:
    """Write the JSON Schema of every event type, one file each; what stands there already is never broken.

    A type that nobody has yet may still change in any way: delete its file first.
    """
    from deploy.contracts import record

    try:
        done = record.export(folder)
    except record.WouldBreak as broken:
        advice = "Nothing was written. Add instead of changing; or, if nobody has the type yet, delete its file first."
        payload = {"written": [], "unchanged": 0, "incompatible": [asdict(change) for change in broken.changes]}
        show(payload, "\n".join([*map(_line, broken.changes), advice]), as_json=as_json)
        raise typer.Exit(FAILED) from None
    payload = {"written": done.written, "unchanged": done.unchanged, "incompatible": []}
    show(payload, f"{len(done.written)} written to {folder}, {done.unchanged} unchanged.", as_json=as_json)


def check(
    published: Annotated[
        str, typer.Argument(help="What was published: a folder of schemas, or a commit, branch or tag of this clone.")
    ] = "docs/schemas",
    *,
    as_json: Json = False,
) -> None:
    """Compare the contracts with what was published; exit code 1 names what would break somebody. Adding is fine."""
    from deploy.contracts import record
    from deploy.contracts.compatibility import incompatible
    from deploy.settings import ROOT
    from shared.contracts.schemas import all_event_schemas

    folder = next((place for place in (Path(published), ROOT / published) if place.is_dir()), None)
    before = record.of_folder(folder) if folder else record.of_git(published)
    now = all_event_schemas()
    broken = incompatible(before, now)
    added = sorted(now.keys() - before.keys())
    payload: dict[str, Any] = {
        "published": published,
        "events": len(now),
        "added": added,
        "incompatible": [asdict(change) for change in broken],
    }
    summary = f"{len(now)} event types against {published}: {len(added)} new, {len(broken)} incompatible changes."
    show(payload, "\n".join([*map(_line, broken), summary]), as_json=as_json)
    if broken:
        raise typer.Exit(FAILED)


def catalogue(*, as_json: Json = False) -> None:
    """Write docs/events.md, refusals.md and access.md anew: who says what, every refusal, who may do what."""
    from deploy.contracts import access, catalogue, refusals
    from deploy.errors import Unmet
    from deploy.settings import ROOT

    pages = {catalogue.PLACE: catalogue.page, refusals.PLACE: refusals.page, access.PLACE: access.page}
    if not (ROOT / "docs").is_dir():
        raise Unmet("The catalogue is kept in a clone, and this is none.", "Clone the repository.")
    for place, page in pages.items():
        (ROOT / place).write_text(page(), encoding="utf-8")
    written = [str(place) for place in pages]
    show({"written": written}, f"Written: {', '.join(written)}.", as_json=as_json)


def _line(change: Change) -> str:
    return f"{change.event} {change.field or '(the event)'}: {change.change}"
