"""`baton replay`: a read model as it was at a moment, filled once more, held against what is shown, and signed.

Exit codes: 0 equal, 1 different, 2 it could not be told.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deploy.baton.options import LogKeys
from deploy.baton.output import ALTERED, Json, example, or_unclear, progress, run, show
from deploy.progress import Progress

if TYPE_CHECKING:
    from services.reporting.replaying import Model, Replay, Spans
    from shared.sealing.note import Signer

_EXIT_CODES = {"equal": 0, "different": 1, "unclear": 2}
_MOST_NAMED = 5
_AND = " and "
_CONCLUSIONS = {
    "equal": "EQUAL: what is shown of this moment is what these events make.",
    "different": "DIFFERENT: what is shown of this moment is not what these events make.",
    "unclear": "COULD NOT TELL: no row differs, but not everything was there to be read.",
}


class From(StrEnum):
    """Where a replay's events come from."""

    LEDGER = "ledger"
    STORE = "store"
    KAFKA = "kafka"


def register(app: typer.Typer) -> None:
    app.command(epilog=example("replay loop people --as-of 2026-11-22 --from kafka --out replay.json"))(replay)


def replay(
    models: Annotated[list[str] | None, typer.Argument(help="Read models; without any, all of them.")] = None,
    *,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", help="A date, an instant with its zone, event:SERVICE:LOGINDEX or receipt:CODE."),
    ] = None,
    source: Annotated[From, typer.Option("--from", help="Where the events come from.")] = From.LEDGER,
    out: Annotated[Path, typer.Option("--out", dir_okay=False, help="Where to write the report.")] = Path(
        "replay.json"
    ),
    check: Annotated[
        Path | None, typer.Option("--check", dir_okay=False, help="Only look whether a report is as it was signed.")
    ] = None,
    key: LogKeys = None,
    as_json: Json = False,
) -> None:
    """Fill read models as they were at a moment, compare them with what is shown of it, and write a signed report.

    The report is OUT, and its signature OUT.note. Exit codes: 0 equal, 1 different, 2 it could not be told.
    With --check: 0 it is what was signed, 1 it is not, 2 it could not be told; without --key by this stack's own key.
    """
    if (check is None) == (as_of is None):
        raise typer.BadParameter("say which moment with --as-of, or which report with --check")
    with or_unclear():
        if check is not None:
            code = _check(check, key or [], as_json=as_json)
        else:
            code = _replay(models or [], as_of or "", source, out, as_json=as_json)
    if code:
        raise typer.Exit(code)


def _replay(models: list[str], as_of: str, source: From, out: Path, *, as_json: bool) -> int:
    from deploy.auditing.reports import new_report, write

    with new_report(out) as files, progress() as step:
        found, signs = run(_replayed(models, as_of, source, step))
        write(files, content := {"report": "replay", **found.content()}, signs)
    key = signs.verifier_key
    show({**content, "file": str(out), "key": key}, f"{_text(found)}\nWrote {out}, signed by {key}.", as_json=as_json)
    return _EXIT_CODES[found.outcome]


async def _replayed(models: list[str], as_of: str, source: From, step: Progress) -> tuple[Replay, Signer]:
    from deploy.auditing.replaying import replayed
    from deploy.auditing.reports import signer

    return await replayed(models, as_of, source, step), await signer()


def _check(report: Path, given: list[str], *, as_json: bool) -> int:
    from deploy.auditing.reports import fault, signer
    from verifier.files import keys_in
    from verifier.note import Key, signed_by_log

    keys = keys_in(given, signed_by_log) if given else [Key.of(run(signer()).verifier_key)]
    wrong = fault(report, keys)
    text = f"ALTERED: {report}: {wrong}." if wrong else f"{report} is as it was signed."
    show({"file": str(report), "signed": wrong is None, "fault": wrong}, text, as_json=as_json)
    return ALTERED if wrong else 0


def _text(found: Replay) -> str:
    """The replay for people: each model, what there is to say of the source, and what follows."""
    at = ", ".join(f"{service} {n}" for service, n in found.position.items()) or "nothing"
    said = {
        "the source lacks": _spans(found.missing),
        "reporting has not received": _spans(found.not_received),
        "two events under one log index": found.contradicting,
        "unreadable": found.unreadable,
        "left out as parked": found.parked,
        "with a text that was erased": found.erased,
    }
    read = f"{found.events:,} events there are, {found.repeats:,} came again"
    return "\n".join(
        [
            f"As of {found.as_of} from {found.source}: {read}; known up to {at}.",
            *map(_line, found.models),
            *(f"{what}: {_some(names)}" for what, names in said.items() if names),
            _CONCLUSIONS[found.outcome],
        ]
    )


def _line(model: Model) -> str:
    differing = [
        f"{one.table} differs from {what} in {one.rows:,} rows, first {one.first[0]['key']}"
        for what, differences in model.compared.items()
        for one in differences
    ]
    return f"{model.name}: {model.events:,} events; {'; '.join(differing) or f'equal to {_AND.join(model.compared)}'}"


def _spans(spans: Spans) -> list[str]:
    return [
        f"{service}/{first}" if first == last else f"{service}/{first} to {last}"
        for service, some in spans.items()
        for first, last in some
    ]


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED:,} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more
