"""What the demo tells at its end: the loop as the reports have it, and where to look for more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median, quantiles
from typing import Any, Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from deploy.demo.doors import Doors
from deploy.demo.playing import Played
from deploy.demo.story import CYCLES
from deploy.demo.trust import NAME, UID
from deploy.description import SERVICES
from deploy.settings import StackSettings

Row = Mapping[str, Any]
End = Literal["stopped", "stays up", "is another's"]
"""What is done with the stack at the demo's end."""

_LOOKS = {  # shape, word, colour: the first two say it, the colour only repeats it
    "red": ("■", "Off track", "bold red"),
    "amber": ("▲", "At risk", "yellow"),
    "green": ("●", "On track", "green"),
    "overdue": ("!", "Overdue", "bold"),
    "no_answer": ("\N{EN DASH}", "No answer yet", ""),
    "not_applicable": ("", "Not applicable", "dim"),
}
_OF_WHAT = {
    "Met": "schools",
    "Answered": "items",
    "Visible to the trust": "answers",
    "Acknowledged": "answers that are off track or ask for help",
}
_STOPPED = "Everything is stopped. `make demo` starts it all and leaves it up."
_STAYS_UP = {"stays up": "`make down` stops it.", "is another's": "Whoever started it stops it."}
_TENTHS = 10
_SECOND_MS = 1_000
_WIDTH = 110


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the reports say of the demo trust, and what the platform answered on the way.

    Attributes:
        cycle: the last one.
        cells, raised, meetings: the reports `focus`, `loop` and `agenda`, of all cycles.
        events: how many events the three writers have published.
    """

    cycle: str
    cells: Sequence[Row]
    raised: Sequence[Row]
    meetings: Sequence[Row]
    events: int
    played: Played

    @property
    def delays_ms(self) -> list[int]:
        """How long the platform took with each answer in the report `loop`."""
        return [row["platform_delay_ms"] for row in self.raised if row["platform_delay_ms"] is not None]

    @property
    def median_ms(self) -> int | None:
        return round(median(self.delays_ms)) if self.delays_ms else None

    @property
    def p90_ms(self) -> int | None:
        if len(self.delays_ms) < 2:  # noqa: PLR2004 - quantiles need two
            return self.median_ms
        return round(quantiles(self.delays_ms, n=_TENTHS, method="inclusive")[-1])

    @property
    def schools(self) -> int:
        return len({row["urn"] for row in self.cells})

    def steps(self, cycle: str | None = None) -> Iterator[tuple[str, int, int]]:
        """The loop's six steps, of a cycle or of all: so many of so many."""
        meetings, cells, raised = (_of_cycle(rows, cycle) for rows in (self.meetings, self.cells, self.raised))
        asked = [row for row in meetings if row["items_issued"]]
        yield "Met", sum(row["meetings_held"] > 0 for row in asked), len(asked)
        apply = [row for row in cells if row["state"] != "not_applicable"]
        answered = [row for row in apply if row["rag"] is not None]
        yield "Answered", len(answered), len(apply)
        yield "Visible to the trust", sum(row["recorded_at"] is not None for row in answered), len(answered)
        for step, column in (
            ("Acknowledged", "acknowledged_at"),
            ("Responded", "responded_at"),
            ("Effect reviewed", "effect_reviewed_at"),
        ):
            yield step, sum(row[column] is not None for row in raised), len(raised)


async def look(doors: Doors, played: Played) -> Told:
    """Ask the reports."""
    focus, loop, agenda = [
        [row for row in await doors.report(model) if row["trustuid"] == UID] for model in ("focus", "loop", "agenda")
    ]
    position = await doors.position()
    return Told(
        cycle=CYCLES[-1].name,
        cells=focus,
        raised=loop,
        meetings=agenda,
        events=sum(index + 1 for index in position.values()),
        played=played,
    )


def _of_cycle(rows: Sequence[Row], cycle: str | None) -> list[Row]:
    return [row for row in rows if cycle in (None, row["cycle"])]


def as_json(told: Told, settings: StackSettings) -> dict[str, Any]:
    """What `baton demo --json` prints last."""
    return {
        "schools": told.schools,
        "events": told.events,
        "platform_delay_ms": {"median": told.median_ms, "p90": told.p90_ms},
        "refused": told.played.refused.total(),
        "parked": told.played.parked.total(),
        "dashboard": _dashboard(settings),
    }


def show(told: Told, settings: StackSettings, *, end: End, on_stderr: bool) -> None:
    """Print the report, and what to do next."""
    console = Console(stderr=on_stderr, highlight=False)
    if not console.is_terminal:
        console = Console(stderr=on_stderr, highlight=False, width=_WIDTH)
    console.print()
    console.print(Text(f"{NAME}, cycle {told.cycle}: what schools said", style="bold"))
    console.print(_matrix(_of_cycle(told.cells, told.cycle)))
    console.print(_loop(told))
    console.print(f"\n{told.events:,} events. Of what systems sent:")
    console.print(_answers(told.played))
    console.print()
    console.print(_STOPPED if end == "stopped" else _addresses(settings, _STAYS_UP[end]))


def _matrix(cells: Sequence[Row]) -> Table:
    """School by focus area: what stands, and how it has changed."""
    titles = list(dict.fromkeys(row["title"] for row in cells))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("School", no_wrap=True)
    for title in titles:
        table.add_column(title)
    by_school = sorted(cells, key=lambda row: (row["school"], row["urn"]))
    for school, rows in groupby(by_school, key=lambda row: str(row["school"])):
        said = {row["title"]: row for row in rows}
        table.add_row(school, *(_cell(said.get(title)) for title in titles))
    return table


def _cell(row: Row | None) -> Text:
    if row is None:
        return Text("Not asked", style="dim")
    shape, word, style = _LOOKS[row["state"]]
    text = Text(f"{shape} {word}".strip(), style=style)
    if row["trend"] in ("better", "worse"):
        text.append(f", {row['trend']}", style="not bold default")
    return text


def _loop(told: Told) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), title="\nThe loop", title_justify="left")
    table.title_style = "bold"
    table.add_column("Step", no_wrap=True)
    table.add_column("This cycle", justify="right", no_wrap=True)
    table.add_column("Half term", justify="right", no_wrap=True)
    table.add_column("")
    for (step, done, of), (_, done_in_all, of_all) in zip(told.steps(told.cycle), told.steps(), strict=True):
        table.add_row(step, f"{done} of {of}", f"{done_in_all} of {of_all}", _OF_WHAT.get(step, ""))
    delay = f"median {_span(told.median_ms)}, nine in ten within {_span(told.p90_ms)}"
    table.add_row("In this platform", "", "", delay)
    return table


def _answers(played: Played) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(justify="right")
    table.add_column()
    table.add_row("Refused", str(played.refused.total()), _codes(played.refused))
    table.add_row("Sent twice", str(played.duplicates), "with one effect each")
    table.add_row("Waited", str(played.brought_back), "for their meeting, and were taken when it was there")
    table.add_row("Parked", str(played.parked.total()), _codes(played.parked))
    return table


def _codes(counts: Counter[str]) -> str:
    return ", ".join(code if number == 1 else f"{code} ({number})" for code, number in sorted(counts.items()))


def _addresses(settings: StackSettings, what_next: str) -> Text:
    lines = [f"  {'Dashboard':<21} {_dashboard(settings)}"]
    lines += [
        f"  {'Report ' + model:<21} {_dashboard(settings)}reports/{model}" for model in ("focus", "loop", "roles")
    ]
    if not settings.dashboard:  # else the services' addresses as we know them are not those of who reads this
        lines += [f"  {'API of ' + service.name:<21} {settings.url(service)}/docs" for service in SERVICES]
    return Text("\n".join(["Open", *lines, "", f"It stays up, and its clock goes on from 18 December. {what_next}"]))


def _dashboard(settings: StackSettings) -> str:
    return settings.dashboard or f"{settings.url(next(service for service in SERVICES if not service.is_writer))}/"


def _span(milliseconds: int | None) -> str:
    if milliseconds is None:
        return "not known"
    return f"{milliseconds} ms" if milliseconds < _SECOND_MS else f"{milliseconds / _SECOND_MS:.1f} s"
