"""How every `baton` command speaks.

Results go to stdout, as text or with `--json` as one JSON document; progress goes to stderr, alive on a
terminal and as plain lines elsewhere; an error is one sentence on stderr. Exit codes: 0 done, 1 failed, 2 wrong
usage; of what checks something: 0 it is whole, 1 it is altered or differs, 2 it could not be told.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Annotated, TypeVar

import typer

from deploy.errors import Unmet
from deploy.progress import Paced, Progress

FAILED = 1
WRONG_USAGE = 2
ALTERED = 1
UNCLEAR = 2

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
_Result = TypeVar("_Result")


def example(command: str) -> str:
    """What the help of a command ends with: how it is called."""
    return f"Example: baton {command}"


def show(payload: object, text: str, *, as_json: bool) -> None:
    """Print a command's result: `payload` with `--json`, else `text`."""
    typer.echo(json.dumps(payload, ensure_ascii=False, default=str) if as_json else text)


def show_error(error: Unmet) -> None:
    """Print an error: what a log says about it, then the sentence with its code, then the advice."""
    if error.detail:
        typer.secho(error.detail.rstrip(), err=True, dim=True)
    code = f" ({error.code})" if error.code else ""
    typer.secho(f"baton: {error.message}{code}", err=True, fg=typer.colors.RED)
    if error.advice:
        typer.echo(error.advice, err=True)


@contextmanager
def or_unclear() -> Iterator[None]:
    """What keeps a check from its answer is no finding: it has an exit code of its own."""
    from verifier.history import UnclearError

    try:
        yield
    except UnclearError as unclear:
        show_error(Unmet(unclear.message, unclear.advice))
        raise typer.Exit(UNCLEAR) from None
    except Unmet as unmet:
        show_error(unmet)
        raise typer.Exit(UNCLEAR) from None


@contextmanager
def progress() -> Iterator[Progress]:
    """What a long command is doing: the present step on a terminal, a line for each step elsewhere.

    Of what is counted it also says how fast it goes, and for how long still.
    """
    if not sys.stderr.isatty():
        yield Paced(lambda step: typer.echo(step, err=True), monotonic)
        return
    from rich.console import Console

    console = Console(stderr=True)
    with console.status("…") as status:

        def report(step: str) -> None:
            console.print(f"[dim]· {step}[/dim]", highlight=False)
            status.update(step)

        yield Paced(report, monotonic)


def confirm(question: str, *, yes: bool) -> None:
    """Go on only when the user agrees; without a terminal to ask on, `--yes` is needed."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise typer.BadParameter("there is no terminal to ask on; add --yes to go on without being asked")
    if not typer.confirm(question, err=True):
        raise Unmet("Nothing was done.")


def _mind_no_unasked_futures(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """A connection that was given up half made leaves a future with an error that nobody is there to ask for.

    A task that failed unasked is still told: it is work of somebody's.
    """
    future = context.get("future")
    if future is None or isinstance(future, asyncio.Task):
        loop.default_exception_handler(context)


def run(work: Coroutine[object, object, _Result]) -> _Result:
    """Run a coroutine; Ctrl-C, a hang-up or SIGTERM cancels it once and then lets it clean up.

    Raises:
        Unmet: when it was interrupted.
    """
    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        task = loop.create_task(work)
        interrupted = False

        def interrupt() -> None:
            nonlocal interrupted
            if interrupted:
                typer.echo("Still stopping, a moment please.", err=True)
                return
            interrupted = True
            loop.set_exception_handler(_mind_no_unasked_futures)
            task.cancel()

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, interrupt)
        try:
            return loop.run_until_complete(task)
        except asyncio.CancelledError:
            raise Unmet("Interrupted.") from None
