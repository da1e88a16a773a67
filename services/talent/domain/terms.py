"""Term dates: the half-terms and closure days of one academic year, for a trust or for one of its schools."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import get_args

from shared.contracts.talent.register import HalfTerm, HalfTermName, TermDatesSet
from shared.contracts.vocabulary import AcademicYear, Day, TrustUid, Urn
from shared.decider import Decider, Rejected

_ORDER: tuple[HalfTermName, ...] = get_args(HalfTermName)


def terms_stream(trustuid: str, academic_year: str, urn: str | None = None) -> str:
    year = academic_year.replace("/", "-")
    return f"terms-{trustuid}-{year}" if urn is None else f"terms-{trustuid}-{urn}-{year}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTermDates:
    trustuid: TrustUid
    urn: Urn | None = None
    academic_year: AcademicYear
    half_terms: tuple[HalfTerm, ...]
    closures: tuple[Day, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    current: TermDatesSet | None = None


def decide(c: SetTermDates, state: Terms) -> list[TermDatesSet]:
    first, last = _year(c.academic_year)
    _check_half_terms(c.half_terms, first, last)
    for i, closure in enumerate(c.closures):
        if not first <= closure <= last:
            raise Rejected(
                "closure_outside_year",
                "A closure day must be in the academic year, from 1 September to 31 August.",
                field=f"/closures/{i}",
            )
    dates = TermDatesSet(
        trustuid=c.trustuid,
        urn=c.urn,
        academic_year=c.academic_year,
        half_terms=c.half_terms,
        closures=tuple(sorted(set(c.closures))),
    )
    return [] if state.current == dates else [dates]


def _year(academic_year: str) -> tuple[date, date]:
    """The first and the last day of a year written as 2026/27."""
    starts, ends = int(academic_year[:4]), int(academic_year[5:])
    if ends != (starts + 1) % 100:
        raise Rejected(
            "academic_year_not_consecutive",
            "Write the academic year as two years that follow each other, such as 2026/27.",
            field="/academic_year",
        )
    return date(starts, 9, 1), date(starts + 1, 8, 31)


def _check_half_terms(half_terms: tuple[HalfTerm, ...], first: date, last: date) -> None:
    if not half_terms:
        raise Rejected("half_terms_missing", "Give at least one half-term.", field="/half_terms")
    for i, half_term in enumerate(half_terms):
        _check_half_term(half_term, i, first, last)
    names = [half_term.name for half_term in half_terms]
    for i, name in enumerate(names):
        if name in names[:i]:
            raise Rejected("half_term_named_twice", "Give each half-term once.", field=f"/half_terms/{i}/name")
    for i, (before, after) in enumerate(pairwise(half_terms), start=1):
        if _ORDER.index(after.name) < _ORDER.index(before.name):
            raise Rejected(
                "half_terms_out_of_order",
                "Give the half-terms in the year's order: A1, A2, S1, S2, U1, U2.",
                field=f"/half_terms/{i}/name",
            )
        if after.starts_on <= before.ends_on:
            raise Rejected(
                "half_terms_overlap",
                "Let each half-term start after the one before it has ended.",
                field=f"/half_terms/{i}/starts_on",
            )


def _check_half_term(half_term: HalfTerm, i: int, first: date, last: date) -> None:
    for name, day in (("starts_on", half_term.starts_on), ("ends_on", half_term.ends_on)):
        if not first <= day <= last:
            raise Rejected(
                "half_term_outside_year",
                "A half-term must be in the academic year, from 1 September to 31 August.",
                field=f"/half_terms/{i}/{name}",
            )
    if half_term.ends_on < half_term.starts_on:
        raise Rejected(
            "half_term_ends_before_it_starts",
            "Let the half-term end on or after the day it starts.",
            field=f"/half_terms/{i}/ends_on",
        )


def evolve(_state: Terms, event: TermDatesSet) -> Terms:
    return Terms(current=event)


terms: Decider[SetTermDates, Terms, TermDatesSet] = Decider(Terms(), decide, evolve)
