"""What somebody at a page may do. A writer's door decides for itself again: this is what is shown and offered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from services.reporting.sessions import Person
from shared.identity import Role

Deed = Literal["read_texts", "act", "speak_for_school"]

_in_the_trust: Mapping[Deed, Role] = {"read_texts": "trust_leader", "act": "trust_leader"}
_in_own_schools: Mapping[Deed, Role] = {
    "read_texts": "school_leader",
    "act": "school_leader",
    "speak_for_school": "school_leader",
}


def can(person: Person | None, deed: Deed, *, trustuid: str, urn: str | None = None) -> bool:
    """Whether somebody may do something: leaders of the trust in all of it, a school's leaders in their own schools.

    Args:
        person: None is somebody who is not signed in, and may do nothing.
        urn: the school that it is about; None: the trust itself.
    """
    if person is None or person.principal.trustuid != trustuid:
        return False
    who = person.principal
    in_the_trust = deed in _in_the_trust and who.has(_in_the_trust[deed])
    return in_the_trust or (urn in who.urns and who.has(_in_own_schools[deed]))
