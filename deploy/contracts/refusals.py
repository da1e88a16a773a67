"""The list of refusals as a page: every code, how it is answered, what to do about it, and whose rule it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from deploy.description import WRITERS
from services.reporting.main import answering as answering_for_reporting
from shared.documents.refusals import Refusal, refusals_of
from shared.writer import answering

PLACE = Path("docs/refusals.md")
_ABOUT = """\
# Refusals

Every refusal has a stable code; clients may rely on it, and the sentence beside it says what to do. This page is made
from the code (`baton schema catalogue`); each service's `/docs` shows its own. The status is that of the answer over
HTTP: 202 is a claim that is kept and waits. A receipt carries the same code and sentence. `…` is filled in when it
happens.
"""


def page() -> str:
    """The page, as its file holds it."""
    parts = [_ABOUT, *_part("Every service that decides", refusals_of(answering))]
    for service in WRITERS:
        parts += _part(service.name, refusals_of([f"services.{service.name}"]))
    parts += _part("reporting", refusals_of(answering_for_reporting))
    return "\n".join(parts)


def _part(title: str, refusals: Iterable[Refusal]) -> Iterator[str]:
    yield f"## {title}\n"
    yield "| code | status | what to do | where |"
    yield "| --- | --- | --- | --- |"
    for (code, status, message), alike in groupby(refusals, key=lambda r: (r.code, r.status, r.message)):
        places = ", ".join(f"`{refusal.module}`" for refusal in alike)
        yield f"| `{code}` | {status} | {_cell(message)} | {places} |"
    yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
