"""`baton projections`: the read models: what there is, built again beside the live one, compared with history."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.baton.output import Json, Progress, progress, run, show

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from services.reporting.projection import Projection

Names = Annotated[list[str] | None, typer.Argument(help="Read models; without any, all of them.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(name="projections", help="Reporting's read models.", no_args_is_help=True)
    group.callback()(_root)
    group.command("list")(list_)
    group.command()(rebuild)
    group.command()(verify)
    app.add_typer(group)


def _root() -> None:
    """Reporting's read models."""


def list_(*, as_json: Json = False) -> None:
    """What read models there are, where they live, how many rows they have and up to which events."""
    found = run(_list())
    lines = [f"{m['projection']:10} {m['schema']:26} {m['rows']:8} rows" for m in found["projections"]]
    position = ", ".join(f"{service} {n}" for service, n in found["position"].items()) or "nothing yet"
    show(found, "\n".join([*lines, f"Up to: {position}. Parked: {found['parked']}."]), as_json=as_json)


def rebuild(names: Names = None, *, as_json: Json = False) -> None:
    """Build read models again from the ledger, beside the live ones, and put them in their place. Ctrl-C gives up."""
    _built(names, switch=True, as_json=as_json)


def verify(names: Names = None, *, as_json: Json = False) -> None:
    """Build read models again and compare them with the live ones, which stay. Exit code 1 when they differ."""
    _built(names, switch=False, as_json=as_json)


def _built(names: list[str] | None, *, switch: bool, as_json: bool) -> None:
    with progress() as report:
        found = run(_build(names or [], report, switch=switch))
    differ = [one["projection"] for one in found if one["differences"]]
    lines = [
        f"{one['projection']}: {one['events']} events, "
        + ("differs from the live one" if one["differences"] else "equal to the live one")
        + (f", {len(one['left_out'])} parked left out" if one["left_out"] else "")
        for one in found
    ]
    show(found, "\n".join(lines), as_json=as_json)
    if differ and not switch:
        raise typer.Exit(1)


async def _list() -> dict[str, Any]:
    from deploy.local.databases import connected
    from services.reporting import ledger

    async with connected("reporting") as connection:
        live = await connection.fetch("select projection, schema from live order by projection")
        models = []
        for row in live:
            tables = await connection.fetch("select tablename from pg_tables where schemaname = $1", row["schema"])
            counts = [
                await connection.fetchval(f'select count(*) from "{row["schema"]}"."{table["tablename"]}"')  # noqa: S608  from the catalogue
                for table in tables
            ]
            models.append({"projection": row["projection"], "schema": row["schema"], "rows": sum(counts)})
        return {
            "projections": models,
            "position": await ledger.position(connection),
            "parked": await connection.fetchval("select count(*) from parked where redriven_at is null"),
        }


async def _build(names: Sequence[str], report: Progress, *, switch: bool) -> list[dict[str, Any]]:
    from deploy.errors import Unmet
    from deploy.local.databases import pool
    from services.reporting import rebuild as rebuilding
    from services.reporting.composition import all_projections

    known: dict[str, Projection] = {projection.name: projection for projection in all_projections}
    if unknown := [name for name in names if name not in known]:
        raise Unmet(f"There is no read model {', '.join(unknown)}.", f"There are {', '.join(sorted(known))}.")
    found = []
    async with pool("reporting") as connections:
        for name in names or sorted(known):
            try:
                built = await rebuilding.rebuild(
                    connections, known[name], progress=_telling(report, name), switch=switch
                )
            except rebuilding.RebuildRunning:
                raise Unmet(f"{name} is being rebuilt already.", "Wait for it to end.") from None
            except rebuilding.RebuildRefused as refused:
                raise Unmet(
                    f"{name} was not rebuilt: {refused}. The live one is as it was.",
                    f"Look at it with `baton events show {refused.event[0]} {refused.event[1]}`.",
                ) from None
            found.append(asdict(built))
    return found


def _telling(report: Progress, name: str) -> Callable[[int, int], None]:
    return lambda done, of: report(f"{name}: {done} of {of} events")
