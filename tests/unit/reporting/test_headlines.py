"""What reports say in a sentence or two, of rows that one can count by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.reporting.reports import meanings, reports
from services.reporting.web.headlines import headline, headlines
from services.reporting.web.headlines.sentences import do, named, some_do, things_do

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
HALF_TERM = {"period": "2026/27-A2", "starts_on": date(2026, 11, 2), "ends_on": date(2027, 1, 3)}


def said(model: str, *rows: dict[str, Any]) -> str:
    assert all(row.keys() <= meanings(reports[model]).keys() for row in rows)
    return headline(model, rows, AT)


def test_a_report_without_rows_says_nothing() -> None:
    assert {model for model in reports if headline(model, [], AT)} == set()
    assert headlines.keys() < reports.keys()


@pytest.mark.parametrize(
    ("names", "together"),
    [
        ([], ""),
        (["Ashby"], "Ashby"),
        (["Ashby", "Ashby", "Birch"], "Ashby and Birch"),
        (["a", "b", "c"], "a, b and c"),
        (["a", "b", "c", "d"], "a, b, c and one more"),
    ],
)
def test_names(names: list[str], together: str) -> None:
    assert named(names) == together


def test_how_many_do_something() -> None:
    assert [do(1, "lack"), do(2, "lack"), things_do(1, "school", "have")] == ["one lacks", "two lack", "one school has"]
    assert [some_do(n, 3, "post", "are") for n in range(4)] == [
        "none of three posts are",
        "one of three posts is",
        "two of three posts are",
        "all three posts are",
    ]
    assert some_do(2, 2, "post", "are") == "both posts are"
    assert [some_do(n, 1, "post", "have") for n in (0, 1)] == ["no post has", "the one post has"]


def post(kind: str, ready_now: int, risk: str = "green", *schools: str) -> dict[str, Any]:
    return {"post_type": kind, "ready_now": ready_now, "risk": risk, "schools": list(schools)}


def test_bench_counts_headships_and_names_what_falls_vacant() -> None:
    heads = [post("headteacher", n, "green", "Ashby") for n in (0, 1, 2)]
    soon = post("head_of_school", 0, "red", "Birch", "Castle")

    assert said("bench", *heads, soon, post("chief_executive", 0, "red")) == (
        "Two of four headships have nobody ready now. Two posts fall vacant within twelve months with nobody ready:"
        " head of school at Birch, Castle and chief executive."
    )
    assert said("bench", post("chief_executive", 0)) == "The one post has nobody ready now."
    assert said("bench", post("chief_executive", 1)) == "The one post has somebody ready now."


def test_gap_tells_what_is_expected_and_what_might_be() -> None:
    def year(gap: int, high: int, scenario: str = "expected", kind: str = "headteacher") -> dict[str, Any]:
        return {"scenario": scenario, "post_type": kind, "gap_hundredths": gap, "gap_high_hundredths": high}

    assert said("gap", year(120, 200), year(-50, 30), year(-50, -1), year(500, 900, "high")) == (
        "A headteacher is expected to be missing in one of three years, and might be in two."
    )
    assert said("gap", year(0, 0), year(0, 0, kind="head_of_school")) == (
        "A headteacher is expected to be missing in none of one year. "
        "A head of school is expected to be missing in none of one year."
    )


def test_pipeline_tells_of_the_whole_trust_what_is_not_hidden() -> None:
    school = {"urn": "900001", "stage": "all", "year_before": 9, "moved_up": 9, "left": 9, "filled": 9}
    whole = {"urn": "all", "stage": "all", "year_before": 60, "moved_up": 1, "left": 7, "filled": 3}
    inside = {"filled_from_inside": 2}

    assert said("pipeline", school | inside, whole | inside) == (
        "Of 60 people one has moved up in twelve months, and seven have left."
        " Two of three posts were filled from inside."
    )
    assert said("pipeline", whole | inside | {"left": None}) == "Two of three posts were filled from inside."
    assert said("pipeline", whole | {"left": None, "filled": 0, "filled_from_inside": 0}) == ""


def test_roles_that_are_not_known_are_not_none() -> None:
    assert said("roles", {"scheme": "NLE", "count": 17}, {"scheme": "SLE", "count": None}) == (
        "One of two kinds of system leader is counted. Not known, which is not none: SLE."
    )


def test_qualifications_are_told_of_all_leaders_unless_hidden() -> None:
    rows = [{"leaders": "heads", "people": 11, "none": 4}, {"leaders": "all", "people": 35, "none": 19}]

    assert said("qualifications", *rows) == (
        "19 of 35 heads and senior leaders hold neither NPQH nor a Masters, and are working for neither."
    )
    assert said("qualifications", rows[0], rows[1] | {"none": None}) == ""


def test_compliance_counts_people_once_and_sites_below_their_minimum() -> None:
    def needs(person: str, training: str, state: str, **more: Any) -> dict[str, Any]:
        return {
            "trustuid": "1",
            "person_id": person,
            "training": training,
            "requirement": training.title(),
            "state": state,
            "counts": state in ("compliant", "due_in_30_days"),
            "required": True,
            "away": False,
            "minimum_per_site": None,
            "urns": ["900001"],
            "schools": ["Ashby"],
            "roles": ["teacher"],
            **more,
        }

    aid = needs("a", "first aid", "compliant", required=False, minimum_per_site=2)
    rows = [
        *(needs("a", "prevent", "never"), needs("a", "fire", "lapsed"), needs("b", "fire", "never")),
        *(
            needs("b", "prevent", "due_in_30_days"),
            needs("c", "fire", "due_in_30_days"),
            needs("d", "fire", "compliant"),
        ),
    ]

    assert said("compliance", *rows, aid) == (
        "Two of four people lack training that is required of them: Prevent (1) and Fire (2). One more will within 30"
        " days. One site has fewer trained people than a site needs: Ashby."
    )
    assert said("compliance", rows[-1]) == "No person lacks training that is required of them."


def test_capacity_tells_of_the_period_that_runs() -> None:
    def row(school: str, given: int = 0, taken: int = 0, unmet: int = 0, **more: Any) -> dict[str, Any]:
        return {
            **HALF_TERM,
            "urn": school,
            "school": school,
            "given": given,
            "taken": taken,
            "unmet_requests": unmet,
        } | more

    over: dict[str, Any] = {"starts_on": date(2026, 9, 1), "ends_on": date(2026, 11, 1)}
    outside = row("Supply Ltd", given=3, urn=None)

    assert said("capacity", row("Ashby", given=4), row("Ashby", given=2), row("Birch", taken=6, unmet=2), outside) == (
        "In 2026/27-A2 one school gives and one takes. Two requests lack something: Birch."
    )
    assert said("capacity", row("Ashby", given=4, **over)) == ""


def test_matches_name_who_has_nobody_to_ask() -> None:
    rows: list[dict[str, Any]] = [{"taker": "Ashby", "giver": "Birch"}, {"taker": "Castle", "giver": None}]

    assert said("matches", *rows) == "One of two requests has somebody to ask. Nobody yet for Castle."
    assert said("matches", rows[0]) == "The one request has somebody to ask."


def test_the_bank_counts_leaders_and_not_their_years() -> None:
    def year(person: str, load: int | None, places: int | None) -> dict[str, Any]:
        return {"person_id": person, "coaching_load": load, "coaching_places": places}

    assert said("network", year("a", 1, 3), year("a", None, None), year("b", 0, None), year("c", 2, 1)) == (
        "Two of three leaders coach now. There is room for two more to be coached."
    )


def test_the_calendar_tells_what_is_still_to_come() -> None:
    def session(day: int, programme: str | None, clashes: int = 0, status: str = "confirmed") -> dict[str, Any]:
        starts_at = datetime(2026, 11, day, 16, tzinfo=UTC)
        return {"programme": programme, "starts_at": starts_at, "status": status, "clashes": clashes}

    ahead = [session(26, "Phonics", 1), session(24, "Mentoring", 1), session(23, "Maths", status="cancelled")]

    assert said("calendar", session(2, "Past"), *ahead) == (
        "Two sessions are still to come, the next on 24 November: Mentoring. Two clash with others."
    )
    assert said("calendar", session(2, "Past")) == "No session is planned."
    assert said("calendar", session(21, None)) == "One session is still to come, the next on 21 November."


def test_impact_names_programmes_with_evidence() -> None:
    rows = [{"programme": "Phonics", "evidence": 3}, {"programme": "Maths", "evidence": 0}]

    assert said("impact", *rows) == "One of two programmes has evidence of what changed for pupils: Phonics."
    assert said("impact", rows[1]) == "No programme has evidence of what changed for pupils."


def test_reviews_name_where_something_is_overdue() -> None:
    rows = [
        {"school": "Ashby", "reviews_received": 2, "actions_open": 3, "actions_overdue": 1},
        {"school": "Birch", "reviews_received": 0, "actions_open": 0, "actions_overdue": 0},
    ]

    assert said("reviews", *rows) == "One school has had a review, and three actions are open. One is overdue: Ashby."


def test_collaborations_are_strong_only_where_that_is_known() -> None:
    rows = [{"title": f"{strong}", "strong": strong, "state": "running"} for strong in (True, False, None)]

    assert said("tests", *rows) == "One of three collaborations is strong in all five tests."
    assert said("tests", *rows, {"title": "d", "strong": False, "state": "stalled"}) == (
        "One of four collaborations is strong in all five tests. One is past the end and not closed: d."
    )


def test_practice_counts_templates_and_findings() -> None:
    template = {"kind": "template", "schools": 2, "found": None}
    group = {"kind": "research", "schools": 3, "found": None}

    assert said("practice", template, template | {"schools": 0}, group) == (
        "One of two templates is used by another school. No research group has found something out."
    )
    assert said("practice", {"kind": "visit", "schools": 2, "found": None}) == ""


def test_principles_name_where_schools_say_otherwise() -> None:
    def item(code: str, say_not: int | None) -> dict[str, Any]:
        return {"item": code, "say_not": say_not, "schools": 12}

    assert said("principles", item("children_first", 9), item("culture", 0), item("clarity", None)) == (
        "The trust says that it does two things. Schools say otherwise of one: children first (9 of 12)."
    )
    assert said("principles", item("culture", 0)) == "The trust says that it does one thing. No school says otherwise."
    assert said("principles", item("clarity", None)) == ""


def test_support_names_who_waits() -> None:
    rows = [{"school": "Ashby", "open": 2, "waiting": 0}, {"school": "Birch", "open": 1, "waiting": 1}]

    assert said("support", *rows) == "Three requests are open. One has no answer yet: Birch."
    assert said("support", {"school": "Ashby", "open": 0, "waiting": 0}) == "No requests are open."


def test_what_says_nothing_of_disadvantaged_pupils_is_counted_by_kind() -> None:
    rows = [{"kind": kind, "has_note": note} for kind, note in (("plan", False), ("focus", True), ("plan", True))]

    assert said("disadvantaged", *rows) == "Of disadvantaged pupils nothing is said by one of two plans."
    assert said("disadvantaged", rows[1]) == ""


def test_change_names_schools_with_several_at_once() -> None:
    def at(school: str, change: str, state: str, concurrent: int | None, consultation: str) -> dict[str, Any]:
        told = {"urn": school, "school": school, "change_id": change, "state": state, "concurrent": concurrent}
        return told | {"consultation": consultation}

    rows = [
        at("Ashby", "x", "under_way", 2, "short"),
        at("Ashby", "y", "coming", 2, "as_asked"),
        at("Birch", "x", "under_way", 1, "short"),
        at("Castle", "z", "over", 2, "none"),
    ]

    assert said("change", *rows) == (
        "One school has changes that overlap: Ashby. One change was consulted on for less than the standard asks."
    )
    assert said("change", rows[-1]) == "No schools have changes that overlap."
