"""`baton audit evidence`: what answers one question, as a directory that proves itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from deploy.baton.export import entries
from deploy.baton.options import KeptCheckpoints, LogKeys, in_london, urns
from deploy.baton.output import Json, or_unclear, progress, run, show
from deploy.progress import Progress

if TYPE_CHECKING:
    from deploy.auditing.evidence import Pack, Question


def _one_line(given: str) -> str:
    if not given.strip() or not given.isprintable():
        raise typer.BadParameter("a question is one line of text")
    return given.strip()


def evidence(
    *,
    question: Annotated[
        str,
        typer.Option("--question", callback=_one_line, help="What is asked; it stands in the report as it is here."),
    ],
    event: Annotated[UUID | None, typer.Option("--event", help="The event that answers it, by its id.")] = None,
    stream: Annotated[str | None, typer.Option("--stream", help="Or all events of this stream.")] = None,
    person: Annotated[UUID | None, typer.Option("--person", help="Or those that concern this person.")] = None,
    school: Annotated[
        str | None, typer.Option("--school", callback=urns, help="Or those that concern this school, by its URN.")
    ] = None,
    as_of: Annotated[
        datetime | None, typer.Option("--as-of", help="As it was recorded by this time; a time in the UK.")
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="A new directory.")],
    with_tool: Annotated[bool, typer.Option("--with-tool", help="Put the verifier into it, too.")] = False,
    kept: KeptCheckpoints = None,
    key: LogKeys = None,
    as_json: Json = False,
) -> None:
    """Make an evidence pack: the events that answer a question, a proof of each, and a signed report.

    `baton-verify.pyz evidence DIRECTORY` checks it without Baton. With --checkpoints the events are proven against the
    newest that you kept of each log, else against the service's newest.
    """
    from deploy.auditing.evidence import Question
    from deploy.exporting.history import Filter

    given = {"event": event, "stream": stream, "person": person, "school": school}
    asked = [(name, str(value)) for name, value in given.items() if value is not None]
    if len(asked) != 1:
        raise typer.BadParameter("say which events answer it, with one of --event, --stream, --person and --school")
    moment = in_london(as_of)
    wanted = Filter(
        id=event,
        stream=stream,
        person=None if person is None else run(entries(person)),
        school=school,
        until=None if moment is None else moment + timedelta(microseconds=1),
    )
    with or_unclear(), progress() as step:
        whole = Question(words=question, of=" ".join(asked[0]), wanted=wanted, as_of=moment)
        pack = run(_make(whole, out, kept, key or [], step, with_tool=with_tool))
    text = f"Wrote {out}: {sum(pack.events.values()):,} events, each proven.\nThe report's key: {pack.key}"
    show({"out": str(out), "events": pack.events, "key": str(pack.key)}, text, as_json=as_json)


async def _make(
    question: Question, out: Path, kept: Path | None, key: list[str], step: Progress, *, with_tool: bool
) -> Pack:
    from deploy.auditing.evidence import make
    from verifier.files import checkpoints_in, keys_in
    from verifier.note import signed_by_log

    noted, known = checkpoints_in(kept) if kept else [], keys_in(key, signed_by_log)
    return await make(question, out, noted, known, step, with_tool=with_tool)
