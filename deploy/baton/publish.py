"""`baton publish`: a file of CloudEvents to the services, each line once, from where it stopped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.baton.options import Addresses, ApiKey, Token, proof
from deploy.baton.output import FAILED, Json, progress, run, show
from deploy.progress import Progress

if TYPE_CHECKING:
    from deploy.school_exports.publishing import Published

_MOST_SHOWN = 50


def register(app: typer.Typer) -> None:
    app.command()(publish)


def publish(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A CloudEvent a line, in JSON.")
    ],
    *,
    to: Addresses = None,
    token: Token = None,
    api_key: ApiKey = None,
    from_start: Annotated[bool, typer.Option("--from-start", help="Forget where it stopped: send all of it.")] = False,
    as_json: Json = False,
) -> None:
    """Send a file of events to the services that their types name, and write down what became of each line.

    It may be interrupted and run again at any time: it goes on where it was, and what was sent twice is recorded once.
    The answers are in FILE.receipts.jsonl, a line each. Exit code 1: a line was refused.
    """
    from deploy.school_exports import position

    said = proof(token, api_key)
    if from_start:
        position.forget(file)
    with progress() as report:
        published = run(_publish(file, to or [], said, report))
    show(_payload(file, published), _text(file, published), as_json=as_json)
    if published.refused:
        raise typer.Exit(FAILED)


async def _publish(file: Path, addresses: list[str], said: dict[str, str], report: Progress) -> Published:
    from deploy.doors import doors
    from deploy.school_exports.publishing import publish

    async with doors(addresses, said, report) as found:
        return await publish(file, found, report)


def _payload(file: Path, published: Published) -> dict[str, Any]:
    from deploy.school_exports.publishing import receipts_of

    return {
        "file": str(file),
        "lines": published.outcomes.total(),
        "outcomes": dict(published.outcomes),
        "refused": published.refused,
        "receipts": str(receipts_of(file)),
    }


def _text(file: Path, published: Published) -> str:
    from deploy.school_exports.publishing import receipts_of

    lines = [
        f"{file.name}:{a['line']}: {a['field'] + ': ' if a.get('field') else ''}{a.get('message')} ({a.get('code')})"
        for a in published.refused[:_MOST_SHOWN]
    ]
    if len(published.refused) > _MOST_SHOWN:
        lines.append(f"And {len(published.refused) - _MOST_SHOWN:,} more that were refused: see {receipts_of(file)}.")
    counts = ", ".join(f"{number:,} {outcome}" for outcome, number in sorted(published.outcomes.items()))
    return "\n".join([*lines, f"{published.outcomes.total():,} events: {counts or 'none'}."])
