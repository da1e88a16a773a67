"""Critical posts: who holds them, when they fall vacant, who could follow, and the forecast of what will be missing."""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import Ge, Le

from shared.contracts.vocabulary import Code, Day, Id, PersonId, TrustUid, Urn, event

Share = Annotated[int, Ge(1), Le(100)]
VacancyReason = Literal["retirement", "resignation", "promotion", "secondment", "end_of_term", "restructure", "other"]
Scenario = Literal["low", "expected", "high"]


@event
class Incumbent:
    """Who holds a share of a post, in hundredths, from a day on. Co-heads hold it together."""

    person_id: PersonId
    share_hundredths: Share
    from_on: Day
    interim: bool = False


@event
class CriticalPostRegistered:
    """A post that must not stay empty, at these schools or, with none, of the trust; with whoever holds it now.

    That an incumbent is expected to leave is a `PostVacated` of a day to come.
    """

    post_id: Id
    trustuid: TrustUid
    urns: tuple[Urn, ...] = ()
    post_type: Code
    incumbents: tuple[Incumbent, ...] = ()
    registered_on: Day


@event
class PostVacated:
    """Somebody leaves a post, or will; `vacated_on` is the first day without them.

    A day to come is expected only: until then the latest of these about a person stands.
    """

    post_id: Id
    post_type: Code
    person_id: PersonId
    vacated_on: Day
    reason: VacancyReason


@event
class PostVacancyWithdrawn:
    """Somebody who was expected to leave a post stays."""

    post_id: Id
    post_type: Code
    person_id: PersonId


@event
class PostFilled:
    """Somebody takes a post, or a share of it, or their share of it changes; `filled_on` may be a day to come.

    `internal` if they worked in the trust the day before, which the service finds out itself; `source_urn` is where.
    """

    post_id: Id
    post_type: Code
    person_id: PersonId
    share_hundredths: Share
    interim: bool = False
    internal: bool
    source_urn: Urn | None = None
    filled_on: Day


@event
class SuccessorNominated:
    """A leader could follow in a post; emergency cover stands in for days and needs no leader record."""

    post_id: Id
    post_type: Code
    leader_id: PersonId
    emergency_cover: bool = False
    nominated_on: Day


@event
class SuccessorRemoved:
    """A leader is no longer named for a post: because somebody said so, or because they took it (`took_the_post`)."""

    post_id: Id
    leader_id: PersonId
    removed_on: Day
    reason: Code


@event
class YearForecast:
    """One year of a forecast, in hundredths of a post: the middle, and the interval that 8 of 10 futures fall in."""

    academic_year_starts_on: Day
    demand_hundredths: int
    supply_hundredths: int
    gap_hundredths: int
    gap_low_hundredths: int
    gap_high_hundredths: int


@event
class SkillsGapForecast:
    """What a trust will be missing of a kind of post in the coming years, as its own history lets one expect it.

    `basis_logindex` is the last event that it was made from; the same events and `seed` give the same forecast.
    """

    forecast_id: Id
    trustuid: TrustUid
    scenario: Scenario
    post_type: Code
    horizon_years: Annotated[int, Ge(3), Le(5)]
    years: tuple[YearForecast, ...]
    seed: int
    basis_logindex: int
    forecast_on: Day


events = (
    CriticalPostRegistered,
    PostVacated,
    PostVacancyWithdrawn,
    PostFilled,
    SuccessorNominated,
    SuccessorRemoved,
    SkillsGapForecast,
)
