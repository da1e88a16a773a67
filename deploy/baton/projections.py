"""`baton projections`: the read models: what there is, built again beside the live one, compared with history."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.baton.output import FAILED, Json, progress, run, show
from deploy.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from services.reporting.read_models.projection import Projection

Names = Annotated[list[str] | None, typer.Argument(help="Read models; without any, all of them.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(name="projections", help="Reporting's read models.", no_args_is_help=True)
    group.command("list")(list_)
    group.command()(rebuild)
    group.command()(verify)
    app.add_typer(group)


def list_(*, as_json: Json = False) -> None:
    """What read models there are, where they live, how many rows they have and up to which events."""
    found = run(_list())
    lines = []
    for model in found["projections"]:
        lines.append(f"{model['projection']:10} {model['schema'] or 'not built yet'}")
        lines += [f"  {table:24} {rows:9} rows" for table, rows in model["tables"].items()]
    position = ", ".join(f"{service} {n}" for service, n in found["position"].items()) or "nothing yet"
    show(found, "\n".join([*lines, f"Up to: {position}. Parked: {found['parked']}."]), as_json=as_json)


def rebuild(
    names: Names = None,
    *,
    all_: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
    as_json: Json = False,
) -> None:
    """Build read models again from the ledger, beside the live ones, and put them in their place. Ctrl-C gives up."""
    if bool(names) == all_:
        raise typer.BadParameter("name read models, or all of them with --all")
    _built(names, switch=True, as_json=as_json)


def verify(names: Names = None, *, as_json: Json = False) -> None:
    """Build read models again and compare them with the live ones, which stay. Exit code 1 when they differ."""
    _built(names, switch=False, as_json=as_json)


def _built(names: list[str] | None, *, switch: bool, as_json: bool) -> None:
    with progress() as report:
        found = run(_build(names or [], report, switch=switch))
    differ = [one["projection"] for one in found if one["differences"]]
    show(found, "\n".join(sentence(one) for one in found), as_json=as_json)
    if differ and not switch:
        raise typer.Exit(FAILED)


def sentence(built: Mapping[str, Any]) -> str:
    """What came of building one."""
    if not built["compared"]:
        compared = "there was none of the same shape to compare with"
    elif built["differences"]:
        compared = "differs from the live one: " + ", ".join(
            f"{d['table']} ({d['only_live']} rows only live, {d['only_rebuilt']} only rebuilt)"
            for d in built["differences"]
        )
    else:
        compared = "equal to the live one"
    left_out = (
        f"; left out as parked: {', '.join(f'{s}/{n}' for s, n in built['left_out'])}" if built["left_out"] else ""
    )
    return f"{built['projection']}: {built['events']} events; {compared}{left_out}"


async def _list() -> dict[str, Any]:
    from deploy.databases import connected
    from services.reporting import ledger
    from services.reporting.composition import all_projections
    from services.reporting.read_models.live import schemas

    async with (
        connected("reporting") as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        live = await schemas(connection, [projection.name for projection in all_projections])
        return {
            "projections": [
                {
                    "projection": projection.name,
                    "schema": live.get(projection.name),
                    "tables": {
                        table.name: await connection.fetchval(
                            f'select count(*) from "{live[projection.name]}"."{table.name}"'  # noqa: S608  our own names
                        )
                        for table in (projection.tables if projection.name in live else ())
                    },
                }
                for projection in sorted(all_projections, key=lambda projection: projection.name)
            ],
            "position": await ledger.position(connection),
            "parked": await connection.fetchval("select count(*) from parked where redriven_at is null"),
        }


async def _build(names: Sequence[str], report: Progress, *, switch: bool) -> list[dict[str, Any]]:
    import asyncio
    import logging

    import structlog

    from deploy.databases import pool
    from deploy.errors import Unmet
    from services.reporting.composition import all_projections
    from services.reporting.read_models import rebuild as rebuilding

    # What a rebuild logs in a service would stand among the results here, which say the same.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
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
            except asyncio.CancelledError:
                raise Unmet(f"Given up: the live {name} is as it was.") from None
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
    return lambda done, of: report(f"{name}: events", done, of)
