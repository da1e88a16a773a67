"""Required training: what is required of whom, what was completed, what lapsed."""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import Ge, Le

from shared.contracts.vocabulary import Code, Count, Day, Name, PersonId, TrustUid, Urn, event

Months = Annotated[int, Ge(1), Le(240)]
PeopleNeeded = Annotated[int, Ge(1), Le(1_000)]
DatedBy = Literal["certificate", "requirement", "nobody_yet"]


@event
class StatutoryRequirementSet:
    """A training is required from a day on: of a role's people, of everybody, or of some at each site.

    With `minimum_per_site` at least so many people a site need it, else each person in `roles` (everybody, with none).
    No recurrence: once is enough. A later one for the same training replaces it.
    """

    trustuid: TrustUid
    training: Code
    title: Name
    basis: Literal["statutory", "guidance", "trust"]
    roles: tuple[Code, ...] = ()
    minimum_per_site: PeopleNeeded | None = None
    recurrence_months: Months | None = None
    grace_days: Count
    effective_from: Day


@event
class StatutoryTrainingCompleted:
    """Somebody completed a training, here or for a former employer. `expires_on` is the last day that it counts.

    The day stands on the certificate, or follows from the requirement (there is none where once is enough). Where
    nobody required the training yet, the first requirement that comes says until when it counts.
    """

    person_id: PersonId
    trustuid: TrustUid
    urn: Urn | None = None
    training: Code
    completed_on: Day
    expires_on: Day | None = None
    dated_by: DatedBy
    provider: Name | None = None


@event
class StatutoryTrainingLapsed:
    """The last day of somebody's training passed and nothing newer counts. The clock says this, once.

    `lapsed_on` is the first day on which it did not count any more.
    """

    person_id: PersonId
    training: Code
    completed_on: Day
    lapsed_on: Day


events = (StatutoryRequirementSet, StatutoryTrainingCompleted, StatutoryTrainingLapsed)
