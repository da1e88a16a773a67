"""`baton audit`: show that the history is whole, or where it is not, to somebody who trusts nobody.

Exit codes of this group: 0 whole, 1 altered, 2 it could not be told.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from deploy.baton.evidence import evidence
from deploy.baton.options import Addresses, KeptCheckpoints, LogKeys, Token, Writer, writers
from deploy.baton.output import ALTERED, UNCLEAR, Json, example, or_unclear, progress, run, show
from deploy.progress import Progress

if TYPE_CHECKING:
    from deploy.auditing.proving import Proven
    from deploy.auditing.witnessing import Seen
    from verifier.history import Report


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        name="audit",
        help="Whether the history is whole, proven. Exit codes: 0 whole, 1 altered, 2 it could not be told.",
        no_args_is_help=True,
    )
    group.command(epilog=example("audit verify --checkpoints checkpoints.txt"))(verify)
    group.command(epilog=example("audit prove 0190a1b2-0000-7000-8000-000000000001"))(prove)
    group.command(epilog=example("audit evidence --question 'Who changed this?' --stream person-1 --out evidence"))(
        evidence
    )
    group.command(epilog=example("audit witness --to http://127.0.0.1:8101"))(witness)
    group.command(epilog=example("audit tool --out baton-verify.pyz"))(tool)
    app.add_typer(group)


def verify(
    *,
    service: Writer = None,
    export: Annotated[
        Path | None, typer.Option("--export", dir_okay=False, help="An export, instead of the stores as they are now.")
    ] = None,
    kept: KeptCheckpoints = None,
    key: LogKeys = None,
    witness: Annotated[
        list[str] | None, typer.Option("--witness", help="Count only checkpoints that this witness co-signed.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="List every finding, not the first of each service.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Hold the events against each other and against checkpoints; the first place that is wrong is named.

    Without --checkpoints the stores' own are taken: they show nothing about somebody who can sign new ones.
    """
    if export is not None and (kept is None or not key):
        raise typer.BadParameter("--export needs --checkpoints and --key: nothing else is asked")
    with or_unclear():
        if export is not None and kept is not None:
            from verifier.files import verify_export

            report = verify_export(export, kept, key or [], witness or [])
        else:
            with progress() as step:
                report = run(_live(writers(service), kept, key or [], witness or [], step))
    show(report.content(), report.text(everything=everything), as_json=as_json)
    if report.outcome != "whole":
        raise typer.Exit(ALTERED if report.outcome == "altered" else UNCLEAR)


async def _live(
    services: tuple[str, ...], kept: Path | None, key: list[str], witness: list[str], step: Progress
) -> Report:
    from deploy.auditing import live
    from deploy.local.stores import awake
    from deploy.settings import stack_settings
    from verifier.files import checkpoints_in, keys_in
    from verifier.note import signed_by_log, signed_by_witness

    settings = stack_settings()
    own = keys_in(key, signed_by_log) if key else live.own_keys(settings, services)
    noted, witnesses = checkpoints_in(kept) if kept else [], keys_in(witness, signed_by_witness)
    async with awake(settings, step):
        return await live.verify(services, noted, own, witnesses, step)


def prove(
    event: Annotated[UUID, typer.Argument(help="The event's id.")],
    *,
    out: Annotated[
        Path, typer.Option("--out", file_okay=False, exists=True, help="Where to put the two files.")
    ] = Path(),
    kept: KeptCheckpoints = None,
    key: LogKeys = None,
    to: Addresses = None,
    token: Token = None,
    as_json: Json = False,
) -> None:
    """Write the line of an event and the proof that it is in the log, which is checked first.

    With --checkpoints it is proven against your newest checkpoint that covers it, else against the service's newest.
    """
    with or_unclear(), progress() as step:
        proven = run(_prove(event, kept, key or [], to or [], token, step))
        name = out / f"{proven.service}-{proven.logindex}"
        files = {"event": name.with_suffix(".jsonl"), "proof": name.with_suffix(".tlog-proof")}
        files["event"].write_bytes(proven.line)
        files["proof"].write_text(str(proven.proof), encoding="utf-8")
    payload = {**{what: str(path) for what, path in files.items()}, "key": str(proven.key)}
    text = (
        f"Wrote {files['event']} and {files['proof']}: event {proven.logindex} of {proven.service} is among its first "
        f"{proven.proof.checkpoint.size}.\nThe log's key: {proven.key}"
    )
    show(payload, text, as_json=as_json)


async def _prove(
    event: UUID, kept: Path | None, key: list[str], to: list[str], token: str | None, step: Progress
) -> Proven:
    from deploy.auditing.logs import logs
    from deploy.auditing.proving import prove
    from verifier.files import checkpoints_in, keys_in
    from verifier.note import signed_by_log

    noted, known = checkpoints_in(kept) if kept else [], keys_in(key, signed_by_log)
    async with logs(to, token, step) as found:
        return await prove(event, found, noted, known)


def witness(
    *,
    new_key: Annotated[
        str | None,
        typer.Option("--new-key", metavar="NAME", help="Make your key, under a name such as auditor.example."),
    ] = None,
    sign_with: Annotated[Path, typer.Option("--sign-with", dir_okay=False, help="Your key.")] = Path("witness.key"),
    kept: Annotated[
        Path, typer.Option("--checkpoints", dir_okay=False, help="Your checkpoints: what is co-signed is added.")
    ] = Path("checkpoints.txt"),
    key: Annotated[
        Path, typer.Option("--key", dir_okay=False, help="The logs' keys: those of logs that are new are added.")
    ] = Path("keys.txt"),
    to: Addresses = None,
    token: Token = None,
    as_json: Json = False,
) -> None:
    """Look how far each log is, see that it begins as it did before, co-sign that, and keep it.

    Exit code 1: a log does not begin as it did, or is not signed by its key; what it said is kept in
    CHECKPOINTS.refused.
    """
    with or_unclear():
        if new_key is not None:
            _new_key(new_key, sign_with, as_json=as_json)
            return
        with progress() as step:
            seen = run(_witness(sign_with, kept, key, to or [], token, step))
    text = "\n".join(f"{one.service}: {one.outcome.upper()}, {one.size:,} events; it {one.says}." for one in seen)
    show([asdict(one) for one in seen], text, as_json=as_json)
    if any(one.outcome == "refused" for one in seen):
        raise typer.Exit(ALTERED)


def _new_key(name: str, path: Path, *, as_json: bool) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from deploy.auditing.witnessing import Witness
    from deploy.private_file import new_private_file

    if "+" in name or len(name.split()) != 1:
        raise typer.BadParameter("a name has no space and no +", param_hint="--new-key")
    made = Witness(name, Ed25519PrivateKey.generate())
    with new_private_file(path) as file:
        file.write(str(made).encode())
    text = f"Wrote {path}: keep it to yourself. Others verify what you sign with\n{made.verifier_key}"
    show({"file": str(path), "key": str(made.verifier_key)}, text, as_json=as_json)


async def _witness(
    sign_with: Path, kept: Path, key: Path, to: list[str], token: str | None, step: Progress
) -> list[Seen]:
    from datetime import UTC, datetime

    from deploy.auditing.logs import logs
    from deploy.auditing.witnessing import Notebook, Witness

    who, notebook = Witness.of(sign_with), Notebook(kept, key)
    async with logs(to, token, step) as found:
        return [await notebook.visit(log, who, datetime.now(UTC)) for log in found.values()]


def tool(
    *,
    out: Annotated[Path, typer.Option("--out", dir_okay=False, help="Where to write it.")] = Path("baton-verify.pyz"),
    as_json: Json = False,
) -> None:
    """Write the verifier as one file, to be kept apart from Baton. It needs Python and `cryptography` alone."""
    from hashlib import sha256

    from deploy.auditing.tool import write
    from deploy.private_file import private_file

    with or_unclear(), private_file(out) as file:
        write(file)
    digest = sha256(out.read_bytes()).hexdigest()
    show({"file": str(out), "sha256": digest}, f"Wrote {out}, SHA-256 {digest}.", as_json=as_json)
