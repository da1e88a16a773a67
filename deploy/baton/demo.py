"""`baton demo`: a school trust that does not exist lives through half a term in less than a minute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from deploy.baton.output import Json, progress, run

if TYPE_CHECKING:
    from deploy.demo.telling import Told
    from deploy.progress import Progress
    from deploy.settings import StackSettings

SEED = 2026


def register(app: typer.Typer) -> None:
    app.command()(demo)


def demo(
    *,
    leave: Annotated[bool, typer.Option("--exit", help="Stop everything at the end.")] = False,
    external: Annotated[
        bool, typer.Option("--external", help="Play on a stack that is up already; start, stop and remove nothing.")
    ] = False,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Another seed, other people.")] = SEED,
    as_json: Json = False,
) -> None:
    """Start everything with a demo trust, and live through half a term.

    It needs data of its own: that of an earlier demo is removed, anything else is left alone. With --external the stack
    is one that somebody else started, with a simulated clock and no data; BATON_VAR holds its secrets/ and clock/, and
    BATON_<PART>_HOST and BATON_<PART>_PORT say where its parts are.
    """
    import json

    from deploy.demo.running import run_demo_elsewhere
    from deploy.demo.telling import as_json as summary
    from deploy.demo.telling import show
    from deploy.settings import stack_settings

    if leave and external:
        raise typer.BadParameter(
            "it stops what the demo started, and with --external that is nothing", param_hint="--exit"
        )
    settings = stack_settings()
    with progress() as report:
        if external:
            told = run(run_demo_elsewhere(settings, seed, report))
        else:
            told = run(_demo(settings, seed, report, leave=leave))
    show(told, settings, end="is another's" if external else "stopped" if leave else "stays up", on_stderr=as_json)
    if as_json:
        typer.echo(json.dumps(summary(told, settings)))


async def _demo(settings: StackSettings, seed: int, report: Progress, *, leave: bool) -> Told:
    """The demo; with `leave`, or when it is interrupted, nothing is left running."""
    import asyncio

    from deploy.demo.room import is_up, make_room
    from deploy.demo.running import run_demo
    from deploy.errors import Unmet
    from deploy.local import stack

    await make_room(settings, seed, report)  # from here on, what runs is ours to stop
    stops = leave
    try:
        return await run_demo(settings, seed, report)
    except asyncio.CancelledError:
        stops = True
        raise
    except Unmet as error:
        if leave or not is_up(settings):
            raise
        advice = f"{error.advice} The stack is still up: `make down` stops it.".strip()
        raise Unmet(error.message, advice, detail=error.detail) from error
    finally:
        if stops:
            await asyncio.shield(stack.down(settings, report))
