"""`baton up`, `down` and `status`: the local stack."""

from __future__ import annotations

import time
from typing import Annotated, Any

import typer

from deploy.baton.output import Json, Yes, confirm, progress, run, show


def register(app: typer.Typer) -> None:
    app.command()(up)
    app.command()(down)
    app.command()(status)


def up(
    *,
    simulated_clock: Annotated[
        bool, typer.Option("--simulated-clock", help="Let the services live in a time that a demo moves.")
    ] = False,
    secure: Annotated[
        bool,
        typer.Option(
            "--secure", help="Kafka over TLS, to known users alone, and pages that want a sign-in; it stays so."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Start PostgreSQL, Kafka and the four services on this machine, and wait until they are ready."""
    from deploy.local import stack
    from deploy.local.status import status as look
    from deploy.settings import stack_settings

    settings = stack_settings()
    if secure:
        settings = settings.model_copy(update={"secure": True})
    began = time.monotonic()
    with progress() as report:
        started = run(stack.up(settings, report, simulated_clock=simulated_clock))
    found = run(look(settings))
    verb = f"Baton is up, after {time.monotonic() - began:.1f} seconds" if started else "Baton is already up"
    show({**found, "already_up": not started}, f"{verb}.\n{_table(found)}", as_json=as_json)


def down(
    *,
    wipe: Annotated[bool, typer.Option("--wipe", help="Remove all data of the local stack as well.")] = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Stop what `baton up` started, and nothing else."""
    from deploy.local import stack
    from deploy.settings import stack_settings

    settings = stack_settings()
    if wipe:
        confirm(f"Remove all data of this stack, in {settings.var}? It cannot be brought back.", yes=yes)
    with progress() as report:
        stopped = run(stack.down(settings, report, wipe=wipe))
    lines = [f"{one.name}: {one.how}" for one in stopped] or ["Nothing was running."]
    if any(one.how == "killed" for one in stopped):
        lines.append("What was killed did not stop within 15 seconds of being asked to.")
    if wipe:
        lines.append(f"{settings.var} was removed; the vault's master key was not.")
    show({"stopped": {one.name: one.how for one in stopped}, "wiped": wipe}, "\n".join(lines), as_json=as_json)


def status(*, as_json: Json = False) -> None:
    """What runs, what is ready, and how far behind each service is."""
    from deploy.local.checks import check_hosts
    from deploy.local.status import status as look
    from deploy.settings import stack_settings

    settings = stack_settings()
    check_hosts(settings)
    found = run(look(settings))
    show(found, _table(found), as_json=as_json)


def _table(found: dict[str, Any]) -> str:
    parts = {name: found[name] for name in ("postgres", "kafka")} | found["services"]
    return "\n".join(_line(name, part) for name, part in parts.items())


def _line(name: str, part: dict[str, Any]) -> str:
    state = "ready" if part["ready"] else "not ready" if part["pid"] else "not running"
    where = part.get("url") or part.get("bootstrap") or part["dsn"]
    counts = "".join(
        f"  {label} {part[key]:g}" + (f" ({part[age]:.0f} s)" if part.get(age) is not None else "")
        for key, age, label in (
            ("lag_records", "lag_seconds", "behind by"),
            ("unnumbered", "unnumbered_seconds", "unnumbered"),
            ("unpublished", "unpublished_seconds", "unpublished"),
            ("unsealed", "unsealed_seconds", "unsealed"),
            ("parked", "parked_seconds", "parked"),
        )
        if part.get(key)
    )
    pid = f"  process {part['pid']}" if part["pid"] else ""
    return f"  {name:<14}{state:<12} {where}{pid}{counts}"
