"""Who may do what as a page: the one table of rights, and for every address of every service what that comes to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import get_args

from deploy.contracts.offline import services
from deploy.description import WRITERS
from services.reporting.reports import reports
from services.reporting.seeing import access
from shared.identity import Deed, Principal, Role, reach
from shared.identity.rights import ASKS_FOR, RIGHTS

PLACE = Path("docs/access.md")
_roles: Sequence[Role] = get_args(Role)
_words = {"own_schools": "own", "trust": "trust", "platform": "all", None: ""}
_ABOUT = """\
# Who may do what

One table says how far each role reaches with each deed: its *own* schools, its *trust*, or *all* trusts; where nothing
stands, not at all. Every door and every page asks it (`shared/identity/rights.py`). The tables after it say what that
comes to at each address. This page is made from the code (`baton schema catalogue`), and a test asks every address as
everybody (`tests/integration/reporting/test_who_sees_what.py`, `tests/integration/test_who_may_ask.py`), and about what
is somebody else's (`tests/e2e/test_whose_objects.py`, whose table has the answer of every command).

What is another school's is answered with 404 by reporting, as if it were not there, and refused as `not_your_school`
by the services that decide; another trust's is to these as if there were none, and an id that it has is refused as
`not_your_trust`. What a role may not do at all is answered with 403. Of a school's leaders every report
counts the rows of their own schools alone, totals too, and small groups are hidden among these. Shared with every
school of a trust, by purpose, are practice templates, research findings and what was shared as a success, programmes
and the trust's sessions, focus areas, cycles, term dates, required training, proposed and agreed priorities, declared
numbers of system leaders, and what the trust or somebody outside offers. The reporting service asks for all this where
`BATON_ACCESS` is `signed_in`; where it is `open`, everybody sees everything.
"""


def page() -> str:
    """The page, as its file holds it."""
    apps = services()
    parts = [_ABOUT, *_table("Rights", "deed", ((deed, (deed,)) for deed in RIGHTS))]
    for service in WRITERS:
        parts += _table(service.name, "address", _asked(apps[service.name].openapi()["paths"]))
    pages = [(f"`{path}`", (deed,)) for path, deed in access.PAGES.items()]
    of_reports = [(f"`/reports/{model}`", access.deeds_of_report(report, model)) for model, report in reports.items()]
    return "\n".join([*parts, *_table("reporting", "address", [*pages, *of_reports]), *_anybody()])


def _asked(paths: dict[str, dict[str, dict[str, Deed]]]) -> Iterator[tuple[str, tuple[Deed, ...]]]:
    for path, methods in sorted(paths.items()):
        for method, operation in methods.items():
            if ASKS_FOR in operation:
                yield f"`{method.upper()} {path}`", (operation[ASKS_FOR],)


def _anybody() -> Iterator[str]:
    yield "A report's files ask for the same as its page, and the events behind a figure for the history as well.\n"
    yield f"Without a sign-in: {', '.join(f'`{path}`' for path in sorted(access.ANYBODY))}.\n"


def _table(title: str, first: str, rows: Iterable[tuple[str, tuple[Deed, ...]]]) -> Iterator[str]:
    yield f"## {title}\n"
    yield f"| {first} | {' | '.join(role.replace('_', ' ') for role in _roles)} |"
    yield f"| --- |{' --- |' * len(_roles)}"
    for name, deeds in rows:
        yield f"| {name} | {' | '.join(_cell(role, deeds) for role in _roles)} |"
    yield ""


def _cell(role: Role, deeds: Sequence[Deed]) -> str:
    """How far a role reaches with all of these."""
    who = Principal("", frozenset({role}), "")
    far = [reach(who, deed) for deed in deeds]
    return "" if None in far else _words["own_schools" if "own_schools" in far else far[0]]
