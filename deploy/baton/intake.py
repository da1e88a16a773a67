"""`baton intake`: what became of the claims that schools' systems sent."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import typer

from deploy.baton.output import Json, run, show

Outcome = Literal["accepted", "refused", "parked"]
_WRITERS = ("talent", "cpd", "collaboration")
_MOST = 1_000
_COLUMNS = ("origin", "source", "id", "type", "outcome", "answered_at")


def register(app: typer.Typer) -> None:
    group = typer.Typer(name="intake", help="Claims from schools' systems.", no_args_is_help=True)
    group.callback()(_root)
    group.command("list")(list_)
    app.add_typer(group)


def _root() -> None:
    """Claims from schools' systems."""


def list_(
    *,
    outcome: Annotated[Outcome | None, typer.Option("--outcome", help="accepted, refused or parked")] = None,
    service: Annotated[str | None, typer.Option("--service", help="Only this service's.")] = None,
    since: Annotated[
        datetime | None, typer.Option("--since", help="Only what was answered since; a time in the UK.")
    ] = None,
    as_json: Json = False,
) -> None:
    """The newest 1,000 answers to claims and commands: who sent what, under which id, and what became of it.

    The type is known of those that are still parked.
    """
    if service not in (None, *_WRITERS):
        raise typer.BadParameter(f"{service!r} is not one of {', '.join(_WRITERS)}")
    found = run(_answers(_WRITERS if service is None else (service,), outcome, since))
    lines = [
        f"{a['answered_at']:%Y-%m-%d %H:%M:%S}  {a['service']:13}  {a['origin']}  {a['outcome']:8}  "
        f"{a['code'] or '-':24}  {a['source']}  {a['id']}  {a['type'] or ''}".rstrip()
        for a in found
    ]
    show(found, "\n".join(lines) or "Nothing was answered like this.", as_json=as_json)


async def _answers(services: tuple[str, ...], outcome: str | None, since: datetime | None) -> list[dict[str, Any]]:
    import json
    from zoneinfo import ZoneInfo

    from deploy.databases import connected

    aware = since.replace(tzinfo=ZoneInfo("Europe/London")) if since is not None else None
    found: list[dict[str, Any]] = []
    for service in services:
        async with connected(service) as connection:
            rows = await connection.fetch(
                """select origin, source, id, p.type, outcome, receipt, answered_at
                   from command left join parked_claim p using (origin, source, id)
                   where ($1::text is null or outcome = $1) and ($2::timestamptz is null or answered_at >= $2)
                   order by answered_at desc limit $3""",
                outcome,
                aware,
                _MOST,
            )
        found += [
            {"service": service, **{name: row[name] for name in _COLUMNS}}
            | {"code": json.loads(row["receipt"]).get("code")}
            for row in rows
        ]
    return sorted(found, key=lambda answer: answer["answered_at"], reverse=True)[:_MOST]
