"""What is wrong with a history: which kind of change, and where the first place is that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["content", "link", "missing", "order", "duplicate", "signature", "root", "inconsistent", "derived"]
"""From what a single event shows to what only a checkpoint shows.

content: an event is not what was hashed. link: it does not name the event before it in its stream. missing: events are
not there. order: they come late. duplicate: a number comes again. signature: a checkpoint is not signed by the key that
it names. root: the events are not those of a checkpoint; where nothing else is found, the history was made anew so that
each fits the next. inconsistent: two checkpoints of one log cannot both be true. derived: the events are not looked at,
but what a store keeps beside them does not follow from them; an export has nothing of it.
"""

_rank = {kind: rank for rank, kind in enumerate(get_args(Kind))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        logindex: where in the service's log, from 0; None where it cannot be said.
        last: the last log index of a range that begins with `logindex`.
        stream: and `version`: which event, where it is one and known.
        says: the finding as a sentence.
    """

    kind: Kind
    service: str
    says: str
    logindex: int | None = None
    last: int | None = None
    stream: str | None = None
    version: int | None = None

    def order(self) -> tuple[bool, int, int]:
        """Findings are told by where they end, so that an exact place comes before a range that holds it.

        What is derived comes last: it also differs where an event does.
        """
        end = self.last if self.last is not None else self.logindex
        return self.kind == "derived", -1 if end is None else end, _rank[self.kind]
