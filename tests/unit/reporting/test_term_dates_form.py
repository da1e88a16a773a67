"""The form of the school year: what is sent of the days that somebody filled in, and what is wrong with them."""

from __future__ import annotations

from services.reporting.web.forms.terms import sent

YEAR = {"trustuid": "99001", "academic_year": "2026/27"}
AUTUMN = {"A1-starts_on": "2026-09-02", "A1-ends_on": "2026-10-23"}
SUMMER = {"U2-starts_on": "2027-06-07", "U2-ends_on": "2027-07-21"}


def test_the_half_terms_that_are_given_are_sent_in_order_with_the_closed_days() -> None:
    made = sent({**YEAR, **SUMMER, **AUTUMN, "closures": "4 1 2027\n\n3/5/2027 "})

    assert made.members == {
        **YEAR,
        "half_terms": [
            {"name": "A1", "starts_on": "2026-09-02", "ends_on": "2026-10-23"},
            {"name": "U2", "starts_on": "2027-06-07", "ends_on": "2027-07-21"},
        ],
        "closures": ["2027-01-04", "2027-05-03"],
    }
    assert made.fields["/half_terms/1/ends_on"] == "U2-ends_on"


def test_half_a_half_term_and_a_day_that_is_none_are_wrong() -> None:
    made = sent({**YEAR, **AUTUMN, "S1-ends_on": "2027-02-12", "closures": "30 2 2027"})

    assert made.wrong.keys() == {"S1-starts_on", "closures"}
