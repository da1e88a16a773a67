"""Pairing a coach with who is coached: who may coach whom, and how many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from annotated_types import MaxLen, MinLen

from services.collaboration.domain.pairings import Pairings
from shared.contracts.collaboration.coaching import CoachingKind, CoachingPaired, CoachPoolJoined
from shared.contracts.vocabulary import Day, Id, PersonId, TrustUid, Urn
from shared.decider import Rejected

only_designated: frozenset[CoachingKind] = frozenset({"lle_head", "sle_group", "nlg_chair"})
"""What local, specialist and national leaders do, and nobody else."""

CoacheeIds = Annotated[tuple[PersonId, ...], MinLen(1), MaxLen(50)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """`managers`, `heads`, `chairs`: what the register says of the coachees on the first day.

    Who leads them, and which of them head a school or chair its governors.
    """

    pairing_id: Id
    trustuid: TrustUid
    urn: Urn | None = None
    coach_id: PersonId
    coachee_ids: CoacheeIds
    kind: CoachingKind
    request_id: Id | None = None
    starts_on: Day
    ends_on: Day | None = None
    managers: frozenset[Id]
    heads: frozenset[Id]
    chairs: frozenset[Id]


def pair(c: Pair, standing: Sequence[CoachPoolJoined], state: Pairings) -> list[CoachingPaired]:
    """`standing`: the memberships of the pool that let the coach do this on the first day."""
    paired = CoachingPaired(
        pairing_id=c.pairing_id,
        trustuid=c.trustuid,
        urn=c.urn,
        coach_id=c.coach_id,
        coachee_ids=c.coachee_ids,
        kind=c.kind,
        request_id=c.request_id,
        starts_on=c.starts_on,
        ends_on=c.ends_on,
    )
    known = state.by_id.get(c.pairing_id)
    if known is not None and known.paired == paired:
        return []
    if known is not None:
        raise Rejected(
            "pairing_exists",
            "This pairing is recorded with other details: give another one an id of its own.",
            field="/pairing_id",
        )
    if c.ends_on is not None and c.ends_on < c.starts_on:
        raise Rejected("ends_before_it_starts", "Let it end on its first day or later.", field="/ends_on")
    _check_coachees(c)
    _check_kind(c)
    _check_coach(c, standing, state)
    return [paired]


def _check_coachees(c: Pair) -> None:
    if len(set(c.coachee_ids)) < len(c.coachee_ids):
        raise Rejected("named_twice", "Name each person once.", field="/coachee_ids")
    if c.coach_id in c.coachee_ids:
        raise Rejected("coach_is_coachee", "Name another coach: nobody coaches themselves.", field="/coach_id")
    if c.coach_id in c.managers:
        raise Rejected("coach_is_line_manager", "Name a coach who does not lead who is coached.", field="/coach_id")


def _check_kind(c: Pair) -> None:
    if c.kind != "sle_group" and len(c.coachee_ids) > 1:
        raise Rejected("one_at_a_time", "Name one person: only specialist leaders coach groups.", field="/coachee_ids")
    if c.kind == "lle_head" and not c.heads.issuperset(c.coachee_ids):
        raise Rejected("coachee_is_no_head", "A local leader coaches heads: name one.", field="/coachee_ids")
    if c.kind == "nlg_chair" and not c.chairs.issuperset(c.coachee_ids):
        raise Rejected(
            "coachee_is_no_chair", "A national leader of governance coaches chairs: name one.", field="/coachee_ids"
        )


def _check_coach(c: Pair, standing: Sequence[CoachPoolJoined], state: Pairings) -> None:
    if c.kind in only_designated and not standing:
        raise Rejected(
            "coach_not_designated", "Only who is designated for it on that day does this.", field="/coach_id"
        )
    if c.kind == "sle_group" and all(joined.specialism is None for joined in standing):
        raise Rejected(
            "coach_has_no_specialism",
            "Name a specialist leader whose specialism is known: record it with their designation.",
            field="/coach_id",
        )
    if standing and _most_at_once(c, standing, state) >= sum(joined.places for joined in standing):
        raise Rejected(
            "no_place_left", "All places of this coach are taken: choose another, or end a pairing.", field="/coach_id"
        )


def _most_at_once(c: Pair, standing: Sequence[CoachPoolJoined], state: Pairings) -> int:
    """How many places are taken on the fullest of the days: that is the first one, or one on which a pairing starts."""
    kinds = {kind for joined in standing for kind in joined.kinds}
    others = [pairing for pairing in state.by_id.values() if pairing.paired.kind in kinds]
    days = {c.starts_on, *(p.paired.starts_on for p in others if c.starts_on < p.paired.starts_on)}
    return max(sum(p.goes_on(day) for p in others) for day in days if c.ends_on is None or day <= c.ends_on)
