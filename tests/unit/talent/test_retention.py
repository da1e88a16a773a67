"""How long a retention rule keeps what is held about a person, and the file that says so."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import get_args
from uuid import UUID

import pytest

from services.talent.domain.person import Person, person
from services.talent.domain.retention import Years, is_engaged, kept_until
from services.talent.retention import DEFAULTS, RetentionFileError, read_periods, years
from shared.contracts.talent.register import EngagementEnded, EngagementKind, EngagementStarted

ADA = UUID(int=1)
SIX: Years = dict.fromkeys(get_args(EngagementKind), 6)
YEARS: Years = {**SIX, "governor": 1}
STARTED = EngagementStarted(
    person_id=ADA,
    engagement_id=ADA,
    kind="permanent",
    role="teacher",
    fte_hundredths=100,
    started_on=date(2010, 9, 1),
)


def engaged(*spans: tuple[EngagementKind, date | None]) -> Person:
    """Somebody with engagements of these kinds, and their last days."""
    events: list[EngagementStarted | EngagementEnded] = []
    for number, (kind, ended_on) in enumerate(spans):
        one = UUID(int=10 + number)
        events.append(replace(STARTED, engagement_id=one, kind=kind))
        if ended_on is not None:
            events.append(EngagementEnded(person_id=ADA, engagement_id=one, ended_on=ended_on))
    return person.fold(events)


def test_it_keeps_for_so_many_years_from_the_last_day() -> None:
    assert kept_until(engaged(("permanent", date(2020, 8, 31))), YEARS) == date(2026, 8, 31)


def test_of_several_engagements_the_rule_that_keeps_it_longest_counts() -> None:
    somebody = engaged(("permanent", date(2019, 8, 31)), ("governor", date(2023, 8, 31)))

    assert kept_until(somebody, YEARS) == date(2025, 8, 31)


def test_a_day_that_the_year_does_not_have_is_the_next() -> None:
    assert kept_until(engaged(("permanent", date(2020, 2, 29))), {**YEARS, "permanent": 1}) == date(2021, 3, 1)


def test_it_names_no_day_that_an_event_could_not() -> None:
    assert kept_until(engaged(("permanent", date(2199, 8, 31))), YEARS) == date(2199, 12, 31)


def test_who_has_no_last_day_is_engaged_whatever_ended_before() -> None:
    assert is_engaged(engaged(("permanent", date(2020, 8, 31)), ("governor", None)))
    assert not is_engaged(engaged(("permanent", date(2020, 8, 31))))


def test_nobody_who_was_never_engaged_is_kept() -> None:
    assert kept_until(Person(), YEARS) is None
    assert not is_engaged(Person())


def test_the_periods_that_come_with_it_say_where_each_is_from() -> None:
    periods = read_periods()

    assert years(periods) == SIX
    assert all(period.source for period in periods.values())


def test_a_trusts_own_file_counts(tmp_path: Path) -> None:
    own = tmp_path / "retention.toml"
    own.write_text(DEFAULTS.read_text(encoding="utf-8").replace("years = 6", "years = 7", 1), encoding="utf-8")

    assert years(read_periods(own)) == {**SIX, "permanent": 7}


@pytest.mark.parametrize(
    ("wrong", "instead", "said"),
    [
        ("[governor]", "[governer]", "governer"),
        ('years = 6\nsource = "IRMS', 'source = "IRMS', "permanent.years"),
        ("years = 6", 'years = "6"', "permanent.years"),
        ("years = 6", "years = -1", "permanent.years"),
        ("[volunteer]", "[volunteer", "no TOML"),
        ("[permanent]", "[supply_teacher]", "supply_teacher"),
    ],
)
def test_a_file_that_is_wrong_says_where(tmp_path: Path, wrong: str, instead: str, said: str) -> None:
    own = tmp_path / "retention.toml"
    own.write_text(DEFAULTS.read_text(encoding="utf-8").replace(wrong, instead, 1), encoding="utf-8")

    with pytest.raises(RetentionFileError, match=said):
        read_periods(own)


def test_every_kind_needs_a_period_and_the_file_has_to_be_there(tmp_path: Path) -> None:
    own = tmp_path / "retention.toml"
    with pytest.raises(RetentionFileError, match="cannot be read"):
        read_periods(own)
    own.write_text(DEFAULTS.read_text(encoding="utf-8").partition("[volunteer]")[0], encoding="utf-8")
    with pytest.raises(RetentionFileError, match="says nothing of volunteer"):
        read_periods(own)
