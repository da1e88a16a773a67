"""What claims are asked first: whose school, and whose trust's."""

from __future__ import annotations

from shared.contracts.vocabulary import Urn
from shared.decider import Rejected
from shared.eventstore import Context


def check_names_school(urn: Urn | None, context: Context, field: str = "/urn") -> None:
    """What names no school is the trust's own to say."""
    if urn is None and context.urns is not None:
        raise Rejected("trust_only", "Name your school: only the trust leaves it out.", field=field)


def check_own_school(context: Context, field: str, *urns: Urn | None) -> None:
    """Nobody but the trust speaks for schools none of which is their own."""
    if context.urns is not None and context.urns.isdisjoint(urns):
        raise Rejected("not_your_school", "Only the trust or a school of its own may say this.", field=field)
