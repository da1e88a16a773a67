"""Which roles lead what. A role is a code of the trust's own; these are the words that schools use for leading ones."""

from __future__ import annotations

from shared.contracts.talent.register import HEADS
from shared.contracts.vocabulary import Code

_PARTS = frozenset({"senco", "senior_leader", "middle_leader", "vice_principal"})
_BEGIN = ("deputy_", "assistant_head", "assistant_principal", "associate_head", "head_of_", "director_of_", "lead_")
_END = ("_lead", "_leader", "_coordinator")


def leads_a_part(role: Code) -> bool:
    """Whether it is a middle or senior leader's: they lead a part of a school's work and not the school."""
    return role not in HEADS and (role in _PARTS or role.startswith(_BEGIN) or role.endswith(_END))
