"""`baton intake`: what became of the claims that schools' systems sent."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from deploy.baton.options import Writer, in_london, urns, writers
from deploy.baton.output import Json, run, show

Outcome = Literal["accepted", "refused", "parked"]


def register(app: typer.Typer) -> None:
    group = typer.Typer(name="intake", help="Claims from schools' systems.", no_args_is_help=True)
    group.command("list")(list_)
    group.command("show")(show_claim)
    app.add_typer(group)


def list_(
    *,
    outcome: Annotated[Outcome | None, typer.Option("--outcome", help="accepted, refused or parked")] = None,
    urn: Annotated[
        list[str] | None, typer.Option("--urn", callback=urns, help="Only what was sent for this school; repeatable.")
    ] = None,
    service: Writer = None,
    since: Annotated[
        datetime | None, typer.Option("--since", help="Only what was answered since; a time in the UK.")
    ] = None,
    before: Annotated[datetime | None, typer.Option("--before", help="Only what was answered before.")] = None,
    as_json: Json = False,
) -> None:
    """The newest 1,000 answers to claims and commands: who sent what, under which id, and what became of it.

    The type is known of those that are still parked.
    """
    from deploy.answers import Wanted, answers

    wanted = Wanted(
        services=writers(service),
        outcome=outcome,
        urns=urn or None,
        since=in_london(since),
        before=in_london(before),
    )
    found = run(answers(wanted))
    count = f"{len(found):,} answer{'' if len(found) == 1 else 's'}." if found else "Nothing was answered like this."
    show(found, "\n".join([*map(_line, found), count]), as_json=as_json)


def show_claim(
    event_id: Annotated[str, typer.Argument(metavar="ID", help="As its sender named it.")],
    *,
    service: Writer = None,
    into: Annotated[
        Path | None,
        typer.Option(
            "--bytes", help="Write what was sent, if it was refused, to this new file, readable by you alone."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what is known of what was sent under an id. Its content may be personal: it is never printed."""
    from deploy.answers import as_sent, known
    from deploy.errors import Unmet
    from deploy.private_file import new_private_file

    services = writers(service)
    found = run(known(event_id, services))
    if not found:
        raise Unmet("Nothing was sent under this id.", "See `baton intake list`.")
    if into is not None:
        content = run(as_sent(event_id, services))
        with new_private_file(into) as out:
            out.write(content)
    show(found, "\n\n".join(map(_known, found)), as_json=as_json)


def _line(a: dict[str, Any]) -> str:
    said = f"{a['answered_at']:%Y-%m-%d %H:%M:%S}  {a['service']:13}  {a['origin']}  {a['outcome']:8}  "
    where = f"{a['code'] or '-':24}  {a['source']}  {a['id']}  {a['type'] or ''}".rstrip()
    why = ": ".join(filter(None, (a["field"], a["message"])))
    return f"{said}{where}  {why}".rstrip()


def _known(answer: dict[str, Any]) -> str:
    return "\n".join(f"{name}: {content}" for name, content in answer.items() if content is not None)
