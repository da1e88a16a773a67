"""What caused an event and what followed, drawn as a tree: a row an event, below what caused it. Nothing knows HTML.

Places along a row are pixels; a row is as high as its words need, so that lines that go on run to its end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

from services.reporting.history import kinds
from services.reporting.history.causes import Node
from services.reporting.history.events import Found
from services.reporting.web.site import address
from services.reporting.web.words import of
from services.reporting.wording import sentence

Shape = Literal["circle", "square", "diamond"]

step_px = 18
_shapes: dict[str, Shape] = {"talent": "square", "cpd": "diamond", "collaboration": "circle"}


@dataclass(frozen=True, slots=True)
class Row:
    """An event of the tree.

    Attributes:
        x: where its mark is; `from_x`: that of what caused it, if that is in the picture.
        through: where lines pass by, to what else followed from earlier ones.
        goes_on: whether something below is its own.
        cause: what caused it, in words.
        more: how many effects it has that are not drawn, in words; they stand at `more_at`.
    """

    event: Found
    text: str
    shape: Shape
    x: int
    from_x: int | None
    through: tuple[int, ...]
    goes_on: bool
    is_asked: bool
    cause: str
    more: str
    more_at: str

    @property
    def href(self) -> str:
        return f"/events/{self.event.id}"


@dataclass(frozen=True, slots=True)
class Causes:
    """The tree.

    Attributes:
        title: a sentence: what is to be seen.
        legend: each service and its shape.
        columns: how many marks stand beside each other at most.
    """

    title: str
    legend: tuple[tuple[str, Shape], ...]
    rows: tuple[Row, ...]
    columns: int


def causes(event: Found, nodes: Sequence[Node]) -> Causes:
    """The picture of an event's causes and effects."""
    services = dict.fromkeys(node.event.service for node in nodes)
    before = next(n for n, node in enumerate(nodes) if node.event.id == event.id)
    return Causes(
        title=_title(before, len(nodes) - before - 1 + sum(node.more for node in nodes[before:])),
        legend=tuple((service, _shapes[service]) for service in services),
        rows=tuple(_row(nodes, n, event) for n in range(len(nodes))),
        columns=max(node.depth for node in nodes) + 1,
    )


def _title(before: int, after: int) -> str:
    led = f"{of(before, 'event')} led to this one" if before else "nothing else led to this one"
    return sentence(f"{led}, and {of(after, 'event') if after else 'nothing'} followed from it")


def _row(nodes: Sequence[Node], n: int, asked: Found) -> Row:
    node = nodes[n]
    below = list(takewhile(lambda one: one.depth >= node.depth, nodes[n + 1 :]))
    cause = next((one for one in reversed(nodes[:n]) if one.depth == node.depth - 1), None)
    return Row(
        event=node.event,
        text=kinds.kind(node.event.envelope.type),
        shape=_shapes[node.event.service],
        x=_x(node.depth),
        from_x=None if cause is None else _x(cause.depth),
        through=tuple(_x(depth - 1) for depth in range(1, node.depth + 1) if _goes_on_beside(nodes, n, depth)),
        goes_on=bool(below) and below[0].depth > node.depth,
        is_asked=node.event.id == asked.id,
        cause="" if cause is None else kinds.kind(cause.event.envelope.type),
        more=f"{node.more:,} more" if node.more else "",
        more_at=address("/events", request=node.event.envelope.correlation_id),
    )


def _goes_on_beside(nodes: Sequence[Node], n: int, depth: int) -> bool:
    """Whether a row further down, before the tree leaves this depth, begins there."""
    left = takewhile(lambda one: one.depth >= depth, nodes[n + 1 :])
    return any(one.depth == depth for one in left)


def _x(depth: int) -> int:
    return depth * step_px + step_px // 2
