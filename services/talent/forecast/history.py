"""What a trust's events say of its posts and leaders up to a day: counts and years, and who stands where now.

A pure fold. Facts of after the day count as plans where they are such (a vacancy announced, an engagement that will
end) and else not at all. People that were merged are one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from services.talent.forecast import facts, ladder, posts, presence, stages, tenures
from services.talent.forecast.facts import Facts
from services.talent.forecast.ladder import Ladder
from services.talent.forecast.posts import PostHistory, Schools
from services.talent.forecast.presence import Presence
from services.talent.forecast.stages import Stages
from shared.contracts.vocabulary import Code, Day

wanted: tuple[type[Any], ...] = (
    *facts.wanted,
    *presence.wanted,
    *posts.wanted,
    *tenures.wanted,
    *ladder.wanted,
    *stages.wanted,
)
"""The events that a history is made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Everything that a forecast is made from, as it stood at the end of a day. `stages`: None where none is known."""

    on: Day
    schools: Schools
    posts: Mapping[Code, PostHistory]
    ladder: Ladder
    stages: Stages | None


def history_of(events: Iterable[Any], on: Day) -> History:
    """The history of one trust, from its events in the order of the log."""
    found = Facts(events)
    here, held = Presence(found), tenures.tenures_of(found)
    return History(
        on=on,
        schools=posts.schools_of(found, on),
        posts=posts.posts_of(found, held, on),
        ladder=ladder.ladder_of(found, here, held, on),
        stages=stages.stages_of(found, here, on),
    )
