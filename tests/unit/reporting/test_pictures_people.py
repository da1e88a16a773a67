"""What the pictures of the people and of their capacity show, and say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from services.reporting.web import pictures
from services.reporting.web.pictures.picture import Bar, Bars, Dot, Dots, Part

Row = dict[str, Any]


def bars(model: str, rows: Sequence[Row]) -> list[Bars]:
    """The pictures of a report of which all are bars."""
    return [picture for picture in pictures.pictures[model](rows) if isinstance(picture, Bars)]


def said(picture: Bars) -> list[tuple[str, str]]:
    return [(bar.name, bar.text) for bar in picture.bars]


def drawn(bar: Bar) -> list[tuple[float, str]]:
    return [(part.amount, part.fill) for part in bar.parts]


class TestCapacity:
    @staticmethod
    def row(school: str, **figures: Any) -> Row:
        none = dict.fromkeys(("given", "balance", "taken", "unmet"), 0)
        who = {"school": school, "current_urn": None, "outside": None, "trajectory": None}
        return {**who, "dimension": "people", "unit": "half_days", "counted_on": None, **none, **figures}

    def test_what_is_used_up_is_added_up_over_the_periods(self) -> None:
        ashby = {"current_urn": "900001", "trajectory": "steady"}
        rows = [
            self.row("Elm", taken=6, unmet=2, outside="Elm"),
            self.row("Ashby Park", given=4, balance=8, **ashby),
            self.row("Ashby Park", given=2, taken=1, **ashby),
            self.row("the trust"),
        ]

        (picture,) = bars("capacity", rows)

        assert picture.title == "People, in half-days: who gives and who takes"
        assert picture.bars == (
            Bar(
                "Ashby Park, steady",
                "6 half-days given, 8 half-days still on offer, 1 half-day taken",
                (Part(6, "full"), Part(8, "pale")),
                (Part(1, "hatched"),),
                "/reports/capacity?school=900001&dimension=people&unit=half_days",
            ),
            Bar(
                "Elm",
                "6 half-days taken, 2 half-days still asked for",
                (),
                (Part(6, "hatched"), Part(2, "hollow")),
                "/reports/capacity?outside=Elm&dimension=people&unit=half_days",
            ),
        )

    def test_a_rate_is_shown_on_the_last_day_on_which_any_is_given(self) -> None:
        def on(day: int, **figures: int) -> Row:
            return self.row("the trust", unit="fte_hundredths", counted_on=date(2026, 11, day), **figures)

        (picture,) = bars("capacity", [on(1, given=80), on(2, given=40), on(3, balance=60)])

        assert picture.title.endswith("who gives and who takes, on 2 November 2026")
        assert said(picture) == [("The trust", "0.40 of full time given")]

    def test_a_rate_that_nobody_gives_is_shown_on_its_first_day(self) -> None:
        rows = [self.row("Elm", unit="half_days_a_week", counted_on=date(2026, 11, d), unmet=d) for d in (2, 3)]

        assert [said(picture) for picture in bars("capacity", rows)] == [
            [("Elm", "2 half-days a week still asked for")]
        ]

    def test_kinds_and_units_are_never_put_together(self) -> None:
        rows = [self.row("Elm", given=200, dimension="financial", unit="pence"), self.row("Elm", given=2)]

        assert [said(picture) for picture in bars("capacity", rows)] == [
            [("Elm", "£2 given")],
            [("Elm", "2 half-days given")],
        ]

    def test_the_kind_in_which_most_take_part_comes_first(self) -> None:
        money = self.row("Elm", given=200, dimension="financial", unit="pence")

        first, last = bars("capacity", [money, self.row("Elm", given=2), self.row("Ashby", taken=2)])

        assert (len(first.bars), len(last.bars)) == (2, 1)


class TestNetwork:
    rows: tuple[Row, ...] = (
        {"academic_year": "2026/27", "schools": ["Ashby", "Elm"], "coaching_load": 1, "coaching_places": 3},
        {"academic_year": "2025/26", "schools": ["Elm"], "coaching_load": None, "coaching_places": None},
    )
    gained = dict.fromkeys(("projects", "coaching", "deployments", "other"), 0) | {"reviews": 2}

    def test_by_year_and_at_each_of_their_schools(self) -> None:
        years, schools, coaching = bars("network", [{**self.gained, **row} for row in self.rows])

        assert said(years) == [("2025/26", "2 as reviewer"), ("2026/27", "2 as reviewer")]
        assert said(schools) == [("Ashby", "2 as reviewer"), ("Elm", "4 as reviewer")]
        assert said(coaching) == [("Ashby", "1 taken, 2 free"), ("Elm", "1 taken, 2 free")]
        assert schools.bars[1].href == "/reports/network?schools=Elm"

    def test_who_coaches_more_than_they_have_places_for_has_none_free(self) -> None:
        row = {**self.gained, **self.rows[0], "reviews": 0, "coaching_load": 4}

        assert [said(picture) for picture in bars("network", [row])] == [[("Ashby", "4 taken"), ("Elm", "4 taken")]]


class TestBench:
    @staticmethod
    def row(school: str | None, risk: str, vacant_on: date | None = None, **ready: int) -> Row:
        columns = ("ready_now", "in_1_year", "in_2_3_years", "in_4_5_years", "not_ready", "over_named")
        none = dict.fromkeys((*columns, "provisional", "expired", "not_assessed"), 0)
        post = {"post_type": "head_of_school", "schools": [school] if school else [], "risk": risk}
        return {**post, "vacant_on": vacant_on, **none, **ready}

    def test_the_posts_at_risk_come_first_and_say_why(self) -> None:
        rows = [
            self.row("Ashby", "green", in_2_3_years=1, in_4_5_years=1, ready_now=1),
            self.row("Dene", "green", vacant_on=date(2027, 1, 1), ready_now=1),
            self.row("Birch", "amber", expired=1, provisional=1, over_named=1),
            self.row("Cedar", "amber", vacant_on=date(2027, 9, 1), ready_now=1, over_named=1),
            self.row(None, "red", vacant_on=date(2027, 4, 1)),
        ]

        (picture,) = bars("bench", rows)

        assert said(picture) == [
            ("Head of school, the trust", "■ High risk: vacant from 1 April 2027; no successor"),
            (
                "Head of school, Cedar",
                "▲ Medium risk: vacant from 1 September 2027; 1 ready now; 1 named for another post too",
            ),
            ("Head of school, Birch", "▲ Medium risk: 2 with no valid assessment; 1 named for another post too"),
            ("Head of school, Dene", "● Low risk: vacant from 1 January 2027; 1 ready now"),
            ("Head of school, Ashby", "● Low risk: 1 ready now, 2 in two to five years"),
        ]
        assert drawn(picture.bars[4]) == [(1, "full"), (2, "dotted")]
        assert [bar.href for bar in picture.bars[:2]] == [
            "/reports/bench?post_type=head_of_school",
            "/reports/bench?post_type=head_of_school&schools=Cedar",
        ]

    def test_what_more_are_ready_for_comes_later(self) -> None:
        (picture,) = bars("bench", [self.row("Ashby", "green", ready_now=1), self.row("Birch", "green", in_1_year=2)])

        assert [bar.name for bar in picture.bars] == ["Head of school, Birch", "Head of school, Ashby"]


class TestPipeline:
    @staticmethod
    def row(urn: str, stage: str, people: int | None, **more: Any) -> Row:
        none = dict.fromkeys(("year_before", "moved_up", "left", "filled", "filled_from_inside"))
        return (
            {"urn": urn, "school": {"all": "The whole trust"}.get(urn, urn), "stage": stage, "people": people}
            | none
            | more
        )

    def test_what_is_hidden_is_said_and_never_zero(self) -> None:
        rows = [
            self.row("Ashby", "stage_1", 8),
            self.row("Ashby", "stage_2", None),
            self.row("Ashby", "all", 12),
            self.row("Elm", "stage_2", None),
            self.row("Elm", "all", None),
            self.row("all", "stage_1", 8, year_before=6),
            self.row("all", "stage_2", None),
            self.row("all", "all", 14),
        ]

        trust, schools = bars("pipeline", rows)

        assert trust.title == "The whole trust: people at each stage"
        assert said(trust) == [
            ("Stage 1, deliberate practice", "8, 6 a year ago"),
            ("Stage 2, impact on other classrooms", "too few to show"),
        ]
        assert said(schools) == [
            ("Ashby", "8 at stage 1, 4 in groups too small to show"),
            ("Elm", "in groups too small to show"),
        ]
        assert [drawn(bar) for bar in (*trust.bars, *schools.bars)] == [
            [(8, "full")],
            [],
            [(8, "full"), (4, "pale")],
            [],
        ]

    def test_of_one_school_its_stages(self) -> None:
        (picture,) = bars("pipeline", [self.row("Ashby", "stage_1", 8), self.row("Ashby", "all", 8)])

        assert (picture.title, said(picture)) == (
            "Ashby: people at each stage",
            [("Stage 1, deliberate practice", "8")],
        )

    def test_what_became_of_them_and_who_filled_the_posts(self) -> None:
        rows = [
            self.row("Ashby", "all", 9, year_before=10, moved_up=3, left=2, filled=3, filled_from_inside=1),
            self.row("Elm", "all", 9, year_before=10, moved_up=6, left=None, filled=0, filled_from_inside=0),
        ]

        *_, became, filled = bars("pipeline", rows)

        assert said(became) == [
            ("Ashby", "3 moved up, 5 stayed at their stage, 2 left the trust"),
            ("Elm", "6 moved up, 4 in groups too small to show"),
        ]
        assert said(filled) == [("Ashby", "1 from inside, 2 from outside")]


def test_a_count_of_system_leaders_that_is_not_known_has_no_bar() -> None:
    def row(area: str, role: str, count: int | None, reason: str | None = None, schools: int | None = None) -> Row:
        return {"area": area, "role": role, "count": count, "not_known_reason": reason, "schools_sponsored": schools}

    shire, town = bars(
        "roles",
        [
            row("Shire", "Trust", 9, schools=33),
            row("Shire", "Specialist", None, "no central data"),
            row("Town", "Trust", 0),
        ],
    )

    assert said(shire) == [("Trust", "9, with 33 schools"), ("Specialist", "Not known: no central data")]
    assert [drawn(bar) for bar in shire.bars] == [[(9, "full")], []]
    assert (town.title, said(town)) == ("Town: system leaders of each kind", [("Trust", "0")])


def test_leaders_whose_qualifications_are_hidden_are_drawn_as_hidden() -> None:
    none: Row = dict.fromkeys(("both", "npqh_only", "masters_only", "in_progress", "none"))
    rows = [
        {**none, "leaders": "heads", "people": None},
        {**none, "leaders": "senior_leaders", "people": 24, "in_progress": 5, "none": 9},
        {**none, "leaders": "all", "people": 0, **dict.fromkeys(none, 0)},
    ]

    (picture,) = bars("qualifications", rows)

    assert said(picture) == [
        ("Heads", "in groups too small to show"),
        ("Senior leaders", "5 neither, working for one, 9 neither, 10 in groups too small to show"),
        ("Both together", "nobody"),
    ]
    assert [drawn(bar) for bar in picture.bars] == [[], [(5, "lined"), (9, "hollow"), (10, "pale")], []]


class TestCompliance:
    @staticmethod
    def row(training: str, state: str, *schools: str, minimum: int | None = None, required: bool = True) -> Row:
        return {
            "trustuid": "4001",
            "training": training,
            "requirement": training.capitalize(),
            "minimum_per_site": minimum,
            "schools": list(schools),
            "urns": list(schools),
            "required": required,
            "away": False,
            "state": state,
            "counts": state in {"compliant", "due_in_30_days"},
        }

    def test_shares_are_of_what_is_required(self) -> None:
        rows = [
            self.row("prevent", "never", "Ashby"),
            self.row("prevent", "compliant", "Ashby", "Elm"),
            self.row("hygiene", "in_grace", "Ashby"),
            self.row("hygiene", "lapsed", "Ashby"),
            self.row("hygiene", "not_applicable", "Elm", required=False),
        ]

        schools, trainings = bars("compliance", rows)

        assert said(schools) == [
            ("Ashby", "of 4: 1 in date, 1 in the days of grace, 1 lapsed, 1 never done"),
            ("Elm", "of 1: 1 in date"),
        ]
        assert [drawn(bar) for bar in schools.bars] == [
            [(25, "full"), (25, "dotted"), (25, "lined"), (25, "hollow")],
            [(100, "full")],
        ]
        assert said(trainings) == [
            ("Hygiene", "of 2: 1 in the days of grace, 1 lapsed"),
            ("Prevent", "of 2: 1 in date, 1 never done"),
        ]
        assert trainings.bars[1].href == "/reports/compliance?requirement=Prevent"

    def test_each_site_with_its_minimum(self) -> None:
        def aider(state: str, school: str) -> Row:
            return self.row("first_aid", state, school, minimum=2, required=False)

        rows = [
            aider("compliant", "Ashby"),
            aider("due_in_30_days", "Ashby"),
            *(aider("compliant", "Birch") for _ in range(3)),
            aider("compliant", "Elm"),
            aider("never", "Elm"),
        ]

        (picture,) = bars("compliance", rows)

        assert picture.title == "First_aid: who makes up each site's minimum"
        assert said(picture) == [
            ("Ashby", "2 in date, 2 needed, too few in 30 days"),
            ("Birch", "3 in date, 2 needed"),
            ("Elm", "1 in date, 2 needed"),
        ]
        assert [drawn(bar) for bar in picture.bars[1:]] == [[(3, "full")], [(1, "full"), (1, "hollow")]]
        assert picture.bars[2].href == "/reports/compliance?training=first_aid&schools=Elm"


class TestGap:
    @staticmethod
    def row(year: int, gap: int, scenario: str = "expected") -> Row:
        figures = {"gap_hundredths": gap, "gap_low_hundredths": gap - 200, "gap_high_hundredths": gap + 150}
        return {
            "scenario": scenario,
            "post_type": "headteacher",
            "academic_year_starts_on": date(year, 9, 1),
            **figures,
        }

    def test_a_picture_a_kind_of_post_as_expected(self) -> None:
        rows = [self.row(2027, 150), self.row(2028, 50), self.row(2027, 900, "high")]

        (picture,) = pictures.pictures["gap"](rows)

        assert isinstance(picture, Dots)
        assert picture.title == "Headteacher: up to 1.5 missing, in 2027/28"
        assert picture.dots == (Dot("2027/28", 1.5, -0.5, 3), Dot("2028/29", 0.5, -1.5, 2))

    def test_leaders_to_spare(self) -> None:
        (picture,) = pictures.pictures["gap"]([self.row(2027, -61), self.row(2028, 0)])

        assert picture.title == "Headteacher: leaders to spare, or enough, in every year"


@pytest.mark.parametrize("model", pictures.pictures)
def test_no_rows_have_no_pictures(model: str) -> None:
    assert pictures.pictures[model]([]) == ()
