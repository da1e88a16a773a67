"""What reactions made of a fact goes with it, when the fact turns out to be void."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path
from uuid import UUID

import asyncpg

from shared.contracts import collaboration, cpd, talent
from shared.eventstore import Act, Context
from shared.intake.voiding import PuttingRight, voiding
from shared.reactions.reaction import Effect, Fact, Reaction

_reason = "The fact that this was made of is void."


def effects_index() -> str:
    """What finds the effects of a fact."""
    return Path(__file__).with_name("schema_2.sql").read_text(encoding="utf-8")


def void_what_followed(right: PuttingRight) -> Reaction:
    """The reaction to any voiding that is heard of: what reactions made here of what is void is voided, too.

    Where people have built on it, or it is put right in a way of its own, that is a refusal that they see.
    """

    async def react(fact: Fact, pool: asyncpg.Pool) -> Sequence[Effect]:
        rows = await pool.fetch(made_of, str(fact.event.event_id).encode())
        return [
            Effect(stream, _voiding(right, stream, [row["id"] for row in of_stream]))
            for stream, of_stream in groupby(rows, lambda row: str(row["stream"]))
        ]

    return Reaction("void_what_followed", _voided, react)


def _voiding(right: PuttingRight, stream: str, event_ids: Sequence[UUID]) -> Callable[[Context], Act]:
    return partial(voiding, right, stream, event_ids, _reason)


_voided = (
    talent.bookkeeping.RecordVoided,
    cpd.bookkeeping.RecordVoided,
    collaboration.bookkeeping.RecordVoided,
)
# As the index `event_of_reaction` has it; what was refused made nothing.
made_of = """
select stream, id from event
where substring(meta from 1 for 19) = '{"actor":"reaction/'::bytea
  and substring(meta from position('"causationid":"'::bytea in meta) + 15 for 36) = $1
  and type not like '%.ReactionRefused.v%' and type not like '%.RecordVoided.v%'
order by stream, version
"""
