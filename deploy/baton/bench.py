"""`baton bench`: how fast it is on this machine, as ratios to a peer and to the bare driver."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from deploy.baton.output import Json


class Part(StrEnum):
    """What can be measured by itself; everything but the profile and `size` if nothing is said."""

    APPENDING = "appending"
    ENCRYPTING = "encrypting"
    PUBLISHING = "publishing"
    SEALING = "sealing"
    PROJECTING = "projecting"
    REPLAYING = "replaying"
    PAGING = "paging"
    IMPORTING = "importing"
    DOORS = "doors"
    MATCHING = "matching"
    REACTING = "reacting"
    VERIFYING = "verifying"
    MEMORY = "memory"
    SIZE = "size"
    PROFILE = "profile"


def register(app: typer.Typer) -> None:
    app.command()(bench)


def bench(
    *,
    runs: Annotated[int | None, typer.Option("--runs", min=1, help="Counted runs of each contestant.")] = None,
    only: Annotated[list[Part] | None, typer.Option("--only", help="This part; may be given several times.")] = None,
    events: Annotated[
        int | None, typer.Option("--events", min=1, help="How many `memory` and `size` are about.")
    ] = None,
    record: Annotated[bool, typer.Option("--record", help="Keep the figures in docs/performance.md.")] = False,
    as_json: Json = False,
) -> None:
    """Measure appending, publishing, sealing, projecting, importing, doors and more, against others in the same run.

    It starts a PostgreSQL and a Kafka of its own, and takes about ten minutes. Nothing else should run meanwhile.
    """
    import subprocess
    import sys

    from deploy.errors import Unmet
    from deploy.settings import ROOT

    if not (ROOT / "tests" / "bench").is_dir():
        raise Unmet("The benchmark comes with a clone, and this is none.", "Clone the repository and run `make bench`.")
    arguments = [
        *(("--runs", str(runs)) if runs else ()),
        *(("--only", *only) if only else ()),
        *(("--events", str(events)) if events else ()),
        *(("--record",) if record else ()),
        *(("--json",) if as_json else ()),
    ]
    done = subprocess.run([sys.executable, "-m", "tests.bench", *arguments], cwd=ROOT, check=False)
    raise typer.Exit(done.returncode)
