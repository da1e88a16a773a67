"""What a reaction is: which facts it is about, and the commands that one of them causes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, UUID

import asyncpg
from uuid_utils.compat import uuid5

from shared.contracts.bookkeeping import ReactionRefused
from shared.contracts.envelope import Envelope
from shared.decider import Decider, Rejected
from shared.eventstore import Act, CommandKey, Context, Decision, States

deepest_chain = 8
"""How many reactions may follow from each other: a fact that is deeper causes nothing any more."""

_reactions = uuid5(NAMESPACE_URL, "uk.mat/reactions")


@dataclass(frozen=True, slots=True)
class Fact:
    """An event that was heard, and its envelope. Personal texts in it are sealed."""

    event: Any
    envelope: Envelope


@dataclass(frozen=True, slots=True)
class Effect:
    """One command that a fact causes.

    Attributes:
        target: the stream that it is for.
        act: makes the command; may refuse it (`Rejected`).
    """

    target: str
    act: Callable[[Context], Act]


@dataclass(frozen=True, slots=True)
class Reaction:
    """What is done about facts.

    Attributes:
        name: in snake case, named for what we do: `bank_experience`.
        on: the facts' classes.
        react: a fact to what it causes, each time the same; it may look at this service's own views.
    """

    name: str
    on: tuple[type[Any], ...]
    react: Callable[[Fact, asyncpg.Pool], Awaitable[Sequence[Effect]]]


def act_of(service: str, reaction: str, fact: Fact, effect: Effect, refused: type[ReactionRefused]) -> Act:
    """The command that an effect is. Where a rule says no, that is recorded in its place, so that somebody sees it."""
    command_id = uuid5(uuid5(_reactions, str(fact.envelope.id)), f"{reaction}\n{effect.target}")
    seen = _refusal_stream(command_id)
    context = Context(
        key=CommandKey(service, f"reaction/{reaction}", str(command_id)),
        trustuid=fact.envelope.trustuid,
        actor=f"reaction/{reaction}",
        claim=b"",
        correlation_id=fact.envelope.correlation_id,
        causation_id=str(fact.envelope.id),
        redrive=True,
        chain_depth=fact.envelope.chain_depth + 1,
    )

    def refusal(why: Rejected) -> Decision:
        event = refused(
            reaction=reaction,
            fact_id=fact.envelope.id,
            fact_type=fact.envelope.type,
            target=effect.target,
            code=why.code,
            message=why.message,
        )
        return {seen: [event]}

    try:
        act = _within_depth(effect, context)
    except Rejected as why:
        decided = refusal(why)
        return Act(context, {seen: _refusals}, lambda _: decided)

    def decide(states: States) -> Decision:
        try:
            return act.decide(states)
        except Rejected as why:
            return refusal(why)

    writes = (frozenset(act.reads) if act.writes is None else act.writes) | {seen}
    return Act(act.context, {**act.reads, seen: _refusals}, decide, act.expected, writes, act.holds)


def _within_depth(effect: Effect, context: Context) -> Act:
    if context.chain_depth > deepest_chain:
        raise Rejected(
            "chain_too_deep",
            "This follows from a long chain of reactions, and nothing more does: see what they do to each other.",
        )
    return effect.act(context)


def _refusal_stream(command_id: UUID) -> str:
    return f"reaction-{command_id}"


_refusals: Decider[Any, None, Any] = Decider(None, lambda *_: [], lambda *_: None)
