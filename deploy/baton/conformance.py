"""`baton conformance`: whether an export of a school's system would be taken, line by line, before anything is sent."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.baton.options import ApiKey, Token, addresses, proof, urns
from deploy.baton.output import FAILED, Json, progress, run, show
from deploy.progress import Progress

if TYPE_CHECKING:
    from deploy.school_exports.conformance import Conformance


def register(app: typer.Typer) -> None:
    app.command()(conformance)


def conformance(
    file: Annotated[
        Path,
        typer.Argument(exists=True, readable=True, help="A CloudEvent a line, in JSON; or a directory of *.jsonl."),
    ],
    *,
    urn: Annotated[
        list[str] | None,
        typer.Option("--urn", callback=urns, help="A school that it may speak for; may be given more than once."),
    ] = None,
    against: Annotated[
        list[str] | None,
        typer.Option("--against", callback=addresses, help="Ask the service at this address, too; once for each."),
    ] = None,
    token: Token = None,
    api_key: ApiKey = None,
    as_json: Json = False,
) -> None:
    """Look at every line of an export: what is wrong with it, at which field, and what to do. Nothing is recorded.

    Without --against nothing is sent anywhere; with it, the services say what they would answer now (a dry run). Exit
    code 1: a line would be refused, or kept because nobody knows its type.
    """
    from datetime import UTC, datetime

    from deploy.school_exports.conformance import look
    from deploy.school_exports.lines import files

    said = proof(token, api_key) if against else {}
    export = files(file)
    with progress() as report:
        report(f"Looking at {file}")
        found = look(export, urn or [], datetime.now(UTC))
        if against:
            run(_ask(found, export, against, said, report))
    show(_payload(found), _text(found, asked=bool(against)), as_json=as_json)
    if found.places("refused", "parked"):
        raise typer.Exit(FAILED)


async def _ask(
    found: Conformance, export: list[Path], addresses: list[str], said: dict[str, str], report: Progress
) -> None:
    from deploy.doors import doors
    from deploy.school_exports.conformance import ask

    async with doors(addresses, said, report) as opened:
        await ask(found, export, opened, report)


def _payload(found: Conformance) -> dict[str, Any]:
    return {
        "lines": found.lines,
        **{weight: len(found.places(weight)) for weight in ("refused", "parked")},
        "rest_on_others": len(found.rest_on),
        "findings": [
            {**asdict(f.place), **{k: v for k, v in asdict(f).items() if k != "place"}} for f in found.findings
        ],
    }


def _text(found: Conformance, *, asked: bool) -> str:
    refused, parked = found.places("refused"), found.places("parked") - found.places("refused")
    taken = found.lines - len(refused | parked)
    counts = (
        f"{found.lines:,} events: {taken:,} would be taken, {len(refused):,} refused, {len(parked):,} kept waiting."
    )
    if not asked:
        more = "What the services know already was not asked: add --against."
    elif found.rest_on:
        more = f"{len(found.rest_on):,} rest on earlier ones of these: a dry run says nothing of them yet."
    else:
        more = ""
    return "\n".join([*map(str, found.findings), f"{counts} {more}".strip()])
