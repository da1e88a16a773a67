"""`baton import staff|qualifications|training|posts`: a trust's spreadsheets on its first day."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.baton.options import trust_uid
from deploy.baton.output import FAILED, Json, Yes, confirm, progress, run, show

if TYPE_CHECKING:
    from collections.abc import Callable

    from deploy.imports.importing import Imported
    from deploy.imports.reading import Kind, Origin
    from deploy.imports.sending import Position
    from deploy.progress import Progress
    from deploy.table import Source

_KINDS = {
    "staff": "Who works or serves where: one line an engagement.",
    "qualifications": "Qualifications that people hold, wherever and whenever they were gained.",
    "training": "Required training that people completed.",
    "posts": "Critical posts and who holds them.",
}
_SAID = {"accepted": "would be recorded", "duplicate": "is there already", "parked": "would wait"}


def register(app: typer.Typer) -> None:
    group = typer.Typer(name="import", help="A trust's spreadsheets, on its first day.", no_args_is_help=True)
    for name, about in _KINDS.items():
        group.command(name, help=f"{about} The template: `baton import template {name}`.")(_command(name))
    group.command("template")(template)
    app.add_typer(group)


def template(kind: Annotated[str, typer.Argument(help="staff, qualifications, training or posts.")]) -> None:
    """Print the template of a spreadsheet, with lines of an example to replace."""
    from deploy.imports.importing import templates

    if kind not in _KINDS:
        raise typer.BadParameter(f"{kind!r} is none of {', '.join(_KINDS)}")
    typer.echo((templates / f"{kind}.csv").read_text(encoding="utf-8"), nl=False)


def _command(name: str) -> Callable[..., None]:
    def import_file(
        file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A CSV file.")],
        *,
        trust: Annotated[str, typer.Option("--trust", callback=trust_uid, help="Whose spreadsheet it is.")] = "99001",
        source: Annotated[
            str, typer.Option("--source", help="Whose staff references these are, where a line does not say so.")
        ] = "hr",
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen, line by line.")] = False,
        from_start: Annotated[bool, typer.Option("--from-start", help="Forget where an import stopped.")] = False,
        yes: Yes = False,
        as_json: Json = False,
    ) -> None:
        from deploy.imports.importing import kinds, position_of
        from deploy.imports.reading import CODE, Origin
        from deploy.settings import stack_settings
        from deploy.table import Source

        if not CODE.fullmatch(source):
            raise typer.BadParameter("--source is a code: small letters, digits, _ and -")
        kind, content, origin = kinds[name], Source.of(file), Origin(trust, source)
        position = position_of(stack_settings().var / "imports", kind, content, origin)
        if from_start:
            position.forget()
        if dry_run or not yes:
            with progress() as report:
                looked = run(_import(kind, content, origin, None, report))
            if dry_run or not as_json:
                _show(looked, as_json=as_json)
            if dry_run:
                raise typer.Exit(FAILED if looked.problems else 0)
            confirm("Record this?", yes=yes)
        with progress() as report:
            imported = run(_import(kind, content, origin, position, report))
        _show(imported, as_json=as_json)
        if imported.problems:
            raise typer.Exit(FAILED)

    return import_file


async def _import(kind: Kind, source: Source, origin: Origin, position: Position | None, report: Progress) -> Imported:
    from deploy.imports.doors import trust_doors
    from deploy.imports.importing import import_file
    from deploy.settings import stack_settings

    async with trust_doors(stack_settings(), origin.trustuid) as doors:
        return await import_file(kind, source, origin, doors, position, report)


def _show(imported: Imported, *, as_json: bool) -> None:
    show(_payload(imported), _text(imported), as_json=as_json)


def _payload(imported: Imported) -> dict[str, Any]:
    return {
        "file": imported.file,
        "dry_run": imported.dry_run,
        "lines": imported.reading.lines,
        "claims": sum(map(len, imported.reading.steps)),
        "recorded": imported.recorded,
        "already_there": imported.already_there,
        "parked": imported.parked,
        "refused": imported.refused,
        "problems": [asdict(problem) for problem in imported.problems],
        "would": [
            {"line": a.claim.line, "type": a.claim.type, "outcome": a.outcome, "code": a.code, "new": a.recorded}
            for a in sorted(imported.answers, key=lambda a: a.claim.line)
            if imported.dry_run
        ],
    }


def _text(imported: Imported) -> str:
    lines = [f"{p.file}:{p.line}:{f' {p.column}:' if p.column else ''} {p.message}" for p in imported.problems]
    if imported.dry_run:
        lines = sorted([*lines, *_would(imported)], key=_line_number)
    would = "would be " if imported.dry_run else ""
    counts = f"{imported.recorded:,} {would}recorded, {imported.already_there:,} there already"
    parked = f", {imported.parked:,} waiting for what they refer to" if imported.parked else ""
    refused = "".join(f", {number:,} refused as {code}" for code, number in imported.refused.items())
    wrong = len({problem.line for problem in imported.problems})
    conclusion = f"{wrong:,} line{'s have' if wrong != 1 else ' has'} a problem." if wrong else "No line has a problem."
    return "\n".join([*lines, f"{imported.reading.lines:,} lines: {counts}{parked}{refused}. {conclusion}"])


def _would(imported: Imported) -> list[str]:
    """What would happen, a line of the output for each line of the file."""
    said: dict[int, list[str]] = {}
    for a in imported.answers:
        if a.outcome != "refused":
            what = "is there already" if a.outcome == "accepted" and not a.recorded else _SAID[a.outcome]
            said.setdefault(a.claim.line, []).append(f"{a.claim.type} {what}")
    return [f"{imported.file}:{line}: {', '.join(parts)}" for line, parts in said.items()]


def _line_number(text: str) -> int:
    return int(text.split(":", 2)[1])
