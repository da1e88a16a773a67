"""Events as they were published before, and what each of them is in the next version.

Nothing is recorded like this any more. A class stays for the schema of what history holds, and is never changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from shared.contracts.vocabulary import Count, Day, Id, Personal, PersonId, Rag, Text, Upcaster, event


@event
class DeploymentEnded:
    """A deployment ended, or was called off before it began: then it has no outcome.

    `days_given` says how many days there were, where it was not as many as confirmed: the rest can be given elsewhere.
    """

    deployment_id: Id
    person_id: PersonId
    ended_on: Day
    days_given: Count | None = None
    outcome: Rag | None = None
    impact: Annotated[Text, Personal()] | None = None


def _says_that_it_was_called_off(ended: Mapping[str, Any]) -> Mapping[str, Any]:
    """Version 2 says what a missing outcome meant."""
    return {**ended, "outcome": "called_off"} if ended.get("outcome") is None else ended


events_v1 = (DeploymentEnded,)
upcasters: Mapping[type[Any], Upcaster] = {DeploymentEnded: _says_that_it_was_called_off}
