"""The definition of a National Support School, and what of it is still to be recorded."""

from datetime import date
from functools import reduce
from uuid import UUID

from services.talent.domain.national_support_school import Supports, Term, evolve, supported, to_record
from services.talent.domain.service_record import Headship
from shared.contracts.talent.roles import NationalSupportSchoolEnded, NationalSupportSchoolRecognised

ADA, FIRST, SECOND = UUID(int=11), UUID(int=1), UUID(int=2)
OAK, ELM, ASH = "900001", "900002", "900003"
Y2012, Y2014, Y2016, Y2018, Y2020, TODAY = (date(year, 9, 1) for year in (2012, 2014, 2016, 2018, 2020, 2026))


def term(from_on: date, until_on: date | None = None, designation_id: UUID = FIRST) -> Term:
    return Term(trustuid="99001", person_id=ADA, designation_id=designation_id, from_on=from_on, until_on=until_on)


def heads(urn: str, from_on: date, until_on: date | None = None) -> Headship:
    return Headship(urn=urn, from_on=from_on, until_on=until_on)


def recognised(urn: str, from_on: date, designation_id: UUID = FIRST) -> NationalSupportSchoolRecognised:
    return NationalSupportSchoolRecognised(
        trustuid="99001", urn=urn, designation_id=designation_id, person_id=ADA, from_on=from_on
    )


def ended(urn: str, ended_on: date, designation_id: UUID = FIRST) -> NationalSupportSchoolEnded:
    return NationalSupportSchoolEnded(
        trustuid="99001", urn=urn, designation_id=designation_id, person_id=ADA, ended_on=ended_on
    )


def after(*events: NationalSupportSchoolRecognised | NationalSupportSchoolEnded) -> Supports:
    nothing: Supports = ()
    return reduce(evolve, events, nothing)


def stretches(*found: tuple[str, date, date | None]) -> list[tuple[str, date, date | None]]:
    return [*found]


def defined(terms: list[Term], *headships: Headship) -> list[tuple[str, date, date | None]]:
    return [(s.urn, s.from_on, s.until_on) for s in supported(terms, headships)]


def test_it_is_one_on_the_days_on_which_a_designated_leader_heads_it() -> None:
    assert defined([term(Y2014)], heads(OAK, Y2012)) == stretches((OAK, Y2014, None))
    assert defined([term(Y2012)], heads(OAK, Y2014, Y2016)) == stretches((OAK, Y2014, Y2016))
    assert defined([term(Y2012, Y2014)], heads(OAK, Y2012, Y2016)) == stretches((OAK, Y2012, Y2014))
    assert defined([term(Y2016)], heads(OAK, Y2012, Y2016)) == []
    assert defined([], heads(OAK, Y2012)) == defined([term(Y2012)]) == []


def test_headships_that_follow_each_other_are_one_stretch_and_a_gap_makes_two() -> None:
    assert defined([term(Y2012)], heads(OAK, Y2014), heads(OAK, Y2012, Y2014)) == stretches((OAK, Y2012, None))
    assert defined([term(Y2012, Y2014), term(Y2014, None, SECOND)], heads(OAK, Y2012)) == stretches((OAK, Y2012, None))
    assert defined([term(Y2012)], heads(OAK, Y2012, Y2014), heads(OAK, Y2016)) == stretches(
        (OAK, Y2012, Y2014), (OAK, Y2016, None)
    )


def test_what_has_ended_long_ago_is_recorded_with_its_end() -> None:
    moved_on = [heads(OAK, Y2012, Y2016), heads(ELM, Y2016)]

    assert to_record([term(Y2014)], moved_on, (), TODAY) == [
        recognised(OAK, Y2014),
        ended(OAK, Y2016),
        recognised(ELM, Y2016),
    ]


def test_what_is_recorded_is_not_recorded_again() -> None:
    recorded = after(recognised(OAK, Y2014), ended(OAK, Y2016))

    assert to_record([term(Y2014)], [heads(OAK, Y2012, Y2016)], recorded, TODAY) == []
    assert to_record([term(Y2014)], [heads(OAK, Y2012)], after(recognised(OAK, Y2014)), TODAY) == []


def test_whoever_comes_back_makes_it_one_again() -> None:
    recorded = after(recognised(OAK, Y2014), ended(OAK, Y2016))

    assert to_record([term(Y2014)], [heads(OAK, Y2012, Y2016), heads(OAK, Y2018)], recorded, TODAY) == [
        recognised(OAK, Y2018)
    ]


def test_a_gap_that_is_known_late_is_recorded_too() -> None:
    recorded = after(recognised(OAK, Y2014))

    assert to_record([term(Y2014)], [heads(OAK, Y2012, Y2016), heads(OAK, Y2018)], recorded, TODAY) == [
        ended(OAK, Y2016),
        recognised(OAK, Y2018),
    ]


def test_nothing_is_recorded_of_a_day_to_come() -> None:
    tomorrow = date(2026, 9, 2)

    assert to_record([term(Y2014)], [heads(OAK, tomorrow)], (), TODAY) == []
    assert to_record([term(Y2014)], [heads(OAK, Y2012, tomorrow)], after(recognised(OAK, Y2014)), TODAY) == []


def test_a_headship_that_never_was_ends_as_it_began() -> None:
    assert to_record([term(Y2014)], [], after(recognised(OAK, Y2014)), TODAY) == [ended(OAK, Y2014)]


def test_a_third_school_has_room_from_the_day_on_which_one_of_the_two_ended() -> None:
    three = [heads(OAK, Y2012, Y2018), heads(ELM, Y2014), heads(ASH, Y2016)]

    assert to_record([term(Y2012)], three, (), TODAY) == [
        recognised(OAK, Y2012),
        ended(OAK, Y2018),
        recognised(ELM, Y2014),
        recognised(ASH, Y2018),
    ]


def test_a_new_designation_carries_a_school_on_under_the_old_one() -> None:
    renewed = [term(Y2014, Y2016), term(Y2016, None, SECOND)]

    assert to_record(renewed, [heads(OAK, Y2012)], after(recognised(OAK, Y2014)), TODAY) == []
