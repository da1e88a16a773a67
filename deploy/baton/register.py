"""`baton register import`: trusts, schools and role counts from files into the register."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.baton.options import trust_uid
from deploy.baton.output import FAILED, Json, progress, run, show
from deploy.register.reading import BUNDLED, ESTABLISHMENTS, GROUP_LINKS, ROLES

if TYPE_CHECKING:
    from deploy.progress import Progress
    from deploy.register.importing import Files, Imported

_DEMO_TRUST = "99001"


def register(app: typer.Typer) -> None:
    group = typer.Typer(name="register", help="The register of trusts and schools.", no_args_is_help=True)
    group.command("import")(import_files)
    app.add_typer(group)


def _file(name: str, what: str) -> Any:
    return typer.Option(name, exists=True, dir_okay=False, readable=True, show_default="bundled", help=what)


def import_files(
    *,
    establishments: Annotated[Path, _file("--establishments", "GIAS: establishments.")] = BUNDLED / ESTABLISHMENTS,
    group_links: Annotated[Path, _file("--group-links", "GIAS: links to groups.")] = BUNDLED / GROUP_LINKS,
    roles: Annotated[Path, _file("--roles", "System leadership roles.")] = BUNDLED / ROLES,
    trust: Annotated[
        str, typer.Option("--trust", callback=trust_uid, help="The trust whose register has the role counts.")
    ] = _DEMO_TRUST,
    as_at: Annotated[
        datetime | None, typer.Option("--as-at", formats=["%Y-%m-%d"], help="The day of the role counts; today.")
    ] = None,
    all_or_nothing: Annotated[
        bool, typer.Option("--all-or-nothing", help="Import nothing when a line has a problem.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be imported.")] = False,
    as_json: Json = False,
) -> None:
    """Import trusts, schools and role counts; what is in the register already adds nothing.

    Lines with a problem are left out, and the exit code is 1 then. Questions are for a person to decide: nothing was
    imported about them.
    """
    from zoneinfo import ZoneInfo

    from deploy.register.importing import Files
    from deploy.table import Source

    files = Files(
        establishments=Source.of(establishments),
        group_links=Source.of(group_links),
        roles=Source.of(roles),
        trustuid=trust,
        as_at=(as_at or datetime.now(ZoneInfo("Europe/London"))).date(),
    )
    with progress() as report:
        imported = run(_import(files, report, all_or_nothing=all_or_nothing, dry_run=dry_run))
    show(_payload(imported, dry_run=dry_run), _text(imported, dry_run=dry_run), as_json=as_json)
    if imported.problems:
        raise typer.Exit(FAILED)


async def _import(files: Files, report: Progress, *, all_or_nothing: bool, dry_run: bool) -> Imported:
    from deploy.register.importing import import_register
    from deploy.register.talent import talent_door

    async with talent_door() as talent:
        return await import_register(files, talent, report, all_or_nothing=all_or_nothing, dry_run=dry_run)


def _payload(imported: Imported, *, dry_run: bool) -> dict[str, Any]:
    return {
        "imported": imported.what,
        "dry_run": dry_run,
        "asked": {name: imported.asked(command) for name, command in _KINDS.items()},
        "recorded": imported.recorded,
        "already_there": imported.already_there,
        "refused": imported.refused,
        "parked": imported.parked,
        "problems": [asdict(problem) for problem in imported.problems],
        "questions": [asdict(question) for question in imported.questions],
    }


def _text(imported: Imported, *, dry_run: bool) -> str:
    lines = []
    for p in imported.problems:
        column = f" {p.column}:" if p.column else ""
        lines.append(f"{p.file}:{p.line}:{column} {p.message}")
    lines += [f"Question about {q.urn or 'the trust'} of {q.trustuid}: {q.message}" for q in imported.questions]
    asked = ", ".join(f"{imported.asked(command)} {name}" for name, command in _KINDS.items())
    if imported.what == "nothing":
        lines.append(f"The files hold {asked}.")
    else:
        refused = "".join(f", {number} refused as {code}" for code, number in imported.refused.items())
        parked = f", {imported.parked} kept until talent knows them" if imported.parked else ""
        counts = f"{imported.recorded} recorded, {imported.already_there} there already{refused}{parked}"
        lines.append(f"Sent {asked}: {counts}.")
    return "\n".join([*lines, _conclusion(imported, dry_run=dry_run)])


def _conclusion(imported: Imported, *, dry_run: bool) -> str:
    number = len(imported.problems)
    problems = f"{number} line{'s have' if number != 1 else ' has'} a problem" if number else "No line has a problem"
    if dry_run:
        return f"{problems}. Nothing was imported: this was a dry run."
    if imported.what == "nothing":
        return f"{problems}. Nothing was imported, as --all-or-nothing says."
    return f"{problems}; the rest was imported." if number else f"{problems}."


_KINDS = {"trusts": "RegisterTrust", "schools": "JoinSchool", "counts": "DeclareRoleCount"}
