"""What a reaction is: which facts it is about, and the commands that one of them causes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import NAMESPACE_URL

import asyncpg
from uuid_utils.compat import uuid5

from shared.contracts import codec
from shared.contracts.envelope import Envelope
from shared.decider import NotYet, Rejected, whatever_stood
from shared.eventstore import Act, CommandKey, Context, Decision, Outcome, States, answered

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
        target: the stream that it is for: one fact causes at most one command on it.
        act: makes the command. It, and the decision, may refuse (`Rejected`) or wait (`NotYet`).
    """

    target: str
    act: Callable[[Context], Act]


@dataclass(frozen=True, slots=True)
class Reaction:
    """What is done about facts.

    Attributes:
        name: in snake case, named for what we do: `bank_experience`. It is part of the commands' keys: never change it.
        on: the facts' classes.
        react: a fact to what it causes, on the same targets each time; it may look at this service's own views.
    """

    name: str
    on: tuple[type[Any], ...]
    react: Callable[[Fact, asyncpg.Pool], Awaitable[Sequence[Effect]]]


def act_of(service: str, reaction: str, fact: Fact, effect: Effect, *, late: bool) -> Act:
    """The command that an effect is, under a key of its own. `late`: where it still has to wait, it is refused."""
    context = _context(service, reaction, fact, effect.target)
    try:
        act = _within_depth(effect, context)
    except (Rejected, NotYet) as answer:
        act = answered(context, answer)
    return replace(act, decide=_no_longer(act.decide)) if late else act


def refusal_of(service: str, reaction: str, fact: Fact, effect: Effect, outcome: Outcome) -> Act:
    """The command that records, once, that an effect was refused: in a stream of its own, so that somebody sees it."""
    context = _context(service, reaction, fact, effect.target)
    stream = f"reaction-{context.key.id}"
    refused = codec.event_class(f"uk.mat.{service}.ReactionRefused.v1")(
        reaction=reaction,
        fact_id=fact.envelope.id,
        fact_type=fact.envelope.type,
        target=effect.target,
        code=outcome.code,
        message=outcome.message,
    )
    recording = replace(context, key=replace(context.key, id=f"{context.key.id}/refused"))
    return Act(recording, {stream: whatever_stood}, lambda _: {stream: [refused]})


def _context(service: str, reaction: str, fact: Fact, target: str) -> Context:
    of = fact.envelope
    return Context(
        key=CommandKey(
            service, f"reaction/{reaction}", str(uuid5(uuid5(_reactions, str(of.id)), f"{reaction}\n{target}"))
        ),
        trustuid=of.trustuid,
        actor=f"reaction/{reaction}",
        claim=b"",
        correlation_id=of.correlation_id,
        causation_id=str(of.id),
        redrive=True,
        chain_depth=of.chain_depth + 1,
    )


def _within_depth(effect: Effect, context: Context) -> Act:
    if context.chain_depth > deepest_chain:
        raise Rejected(
            "chain_too_deep",
            "This follows from a long chain of reactions, and nothing more does: do it yourself if it is right.",
        )
    return effect.act(context)


def _no_longer(decide: Callable[[States], Decision]) -> Callable[[States], Decision]:
    """The same decision, without waiting."""

    def decided(states: States) -> Decision:
        try:
            return decide(states)
        except NotYet:
            raise Rejected(
                "waited_too_long",
                "What this waited for did not come within 24 hours: do it yourself when it has.",
            ) from None

    return decided
