"""`baton person`: what is held about somebody is given to them, put right, and erased."""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import UUID, uuid4

import typer

from deploy.baton.options import LeadersToken
from deploy.baton.output import Json, Yes, confirm, example, progress, run, show
from deploy.progress import Progress

if TYPE_CHECKING:
    from datetime import date

    from deploy.person.erasing import Erasures, Receipts
    from deploy.person.package import Package

PersonId = Annotated[UUID, typer.Argument(help="The person's id.")]
RequestedOn = Annotated[
    datetime | None, typer.Option("--requested-on", formats=["%Y-%m-%d"], help="When they asked for it; today.")
]


def register(app: typer.Typer) -> None:
    group = typer.Typer(name="person", help="A person's rights over their data.", no_args_is_help=True)
    group.command(
        epilog=example("person export 0190a1b2-0000-7000-8000-000000000001 --requested-on 2026-11-09 --out ada")
    )(export)
    group.command(epilog=example("person correct 0190a1b2-0000-7000-8000-000000000001"))(correct)
    group.command(epilog=example("person erase 0190a1b2-0000-7000-8000-000000000001 --requested-on 2026-11-09"))(erase)
    app.add_typer(group)


def export(
    person_id: PersonId,
    *,
    out: Annotated[Path, typer.Option("--out", help="A new directory for the package.")],
    requested_on: RequestedOn = None,
    token: LeadersToken = None,
    as_json: Json = False,
) -> None:
    """Write all that is held about a person to files that only you can read, and record that they were given it.

    Their own texts are opened, other people are left out, and what is withheld is listed with the reason. Read it
    before you hand it over: a text about this person may name others in its words.
    """
    with progress() as report:
        made = run(_export(person_id, out, _day(requested_on), token, report))
    payload: dict[str, Any] = {
        "out": str(out),
        "events": made.events,
        "withheld": made.withheld,
        "key_lost": made.lost,
        "package_sha256": made.sha256,
    }
    text = f"Wrote {made.events} events to {out}; {made.withheld} texts are withheld. Package: {made.sha256}"
    if made.lost:
        text += (
            f"\nThe keys of {made.lost} of these texts are not in the vault, and were not erased (key_lost): bring "
            "back its newest backup with `baton vault restore`, and make another package before you hand one over."
        )
    show(payload, text, as_json=as_json)


def correct(
    person_id: PersonId,
    *,
    remove: Annotated[
        list[str] | None, typer.Option("--remove", help="email or trn: it is in the register no more.")
    ] = None,
    token: LeadersToken = None,
    as_json: Json = False,
) -> None:
    """Put right a person's name, e-mail address or teacher number: asks for each, or reads them from stdin as JSON.

    They are no arguments, which every list of processes shows. What was recorded before stays in history.
    """
    details = {name: text for name, text in (_asked(remove or []) if sys.stdin.isatty() else _read()).items() if text}
    body = {"correction_id": str(uuid4()), **details, **({"removed": remove} if remove else {})}
    run(_correct(person_id, body, token))
    changed = [*details, *(remove or [])]
    show({"person_id": person_id, "corrected": changed}, f"Put right: {', '.join(changed)}.", as_json=as_json)


def erase(
    person_id: PersonId,
    *,
    ground: Annotated[
        Literal["request", "retention_over", "court_order"], typer.Option("--ground", help="Why it is erased.")
    ] = "request",
    requested_on: RequestedOn = None,
    wait: Annotated[int, typer.Option("--wait", min=0, help="Seconds to wait for every service's receipt.")] = 300,
    signs_in_as: Annotated[
        list[str] | None,
        typer.Option("--signs-in-as", help="What your sign-in provider calls them (`sub`): their post goes, too."),
    ] = None,
    token: LeadersToken = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Erase what is held about a person, in every service, for ever; wait until each has said that it is done.

    A legal hold and a retention rule are asked first; a refusal is recorded. The same command again goes on waiting.
    """
    confirm(f"Erase what is held about {person_id}, for ever?", yes=yes)
    with progress() as report:
        asked = (ground, _day(requested_on), token)
        erasures, found = run(_erase(person_id, signs_in_as or [], asked, timedelta(seconds=wait), report))
    lines = [
        f"  {service}: keys destroyed: {one['keys']}, records cleared: {one['cleared']}, {one['at']}"
        for service, one in found.items()
    ]
    text = "\n".join([f"Erased. {len(found)} services say so:", *lines])
    ids = {str(entry): str(erasure_id) for entry, erasure_id in erasures.items()}
    show({"person_id": person_id, "erasures": ids, "receipts": found}, text, as_json=as_json)


def _day(given: datetime | None) -> date:
    from zoneinfo import ZoneInfo

    return (given or datetime.now(ZoneInfo("Europe/London"))).date()


def _asked(removed: list[str]) -> dict[str, str]:
    typer.echo("Leave empty what is right as it is.", err=True)
    wanted = {name: label for name, label in _DETAILS.items() if name not in removed}
    return {name: typer.prompt(label, default="", show_default=False, err=True) for name, label in wanted.items()}


def _read() -> dict[str, Any]:
    try:
        details = json.loads(sys.stdin.read())
    except ValueError:
        details = None
    if not isinstance(details, dict) or not details.keys() <= _DETAILS.keys():
        raise typer.BadParameter(f"stdin is no JSON object of {', '.join(_DETAILS)}")
    return details


_DETAILS = {"name": "Name", "email": "E-mail address", "trn": "Teacher reference number"}


async def _correct(person_id: UUID, body: dict[str, Any], token: str | None) -> None:
    from deploy.person.asking import talent
    from deploy.person.held import trust_of

    async with talent(await trust_of(person_id), token) as door:
        await door.decide(f"/persons/{person_id}/correct", body, f"correct-{body['correction_id']}")


async def _export(person_id: UUID, out: Path, asked_on: date, token: str | None, report: Progress) -> Package:
    from deploy.person.asking import talent
    from deploy.person.held import held, trust_of
    from deploy.person.package import package
    from deploy.private_file import new_private_directory, new_private_file

    trustuid, request_id = await trust_of(person_id), uuid4()
    path, key = f"/people/{person_id}/subject-access", f"subject-access-{request_id}"
    body = {"request_id": str(request_id), "requested_on": str(asked_on)}
    async with talent(trustuid, token) as door:
        nothing_yet = {"events": 0, "withheld": 0, "package_sha256": "0" * 64}
        await door.decide(path, {**body, **nothing_yet}, key, dry_run=True)  # refused now, or not at all
        report("Reading what is held")
        made = package(await held(person_id, trustuid), person_id, request_id, asked_on)
        with new_private_directory(out) as draft:
            for name, content in made.files.items():
                with new_private_file(draft / name) as file:
                    file.write(content)
            given = {"events": made.events, "withheld": made.withheld, "package_sha256": made.sha256}
            await door.decide(path, {**body, **given}, key)
    return made


async def _erase(
    person_id: UUID, names: list[str], asked: tuple[str, date, str | None], wait: timedelta, report: Progress
) -> tuple[Erasures, Receipts]:
    from deploy.entries import entries_of
    from deploy.person import post
    from deploy.person.erasing import decide, receipts

    entries = await entries_of(person_id)
    if not await post.note(entries, names):
        report("No post goes to an address of theirs. If they sign in, say what as, with --signs-in-as.")
    erasures = await decide(entries, *asked)
    found = await receipts(entries, erasures, asked[2], wait, report)
    found["reporting"]["cleared"] += await post.clear(entries, erasures)
    return erasures, found
