"""Twelve months on and back; from 29 February it is 28 February."""

from __future__ import annotations

from datetime import date


def in_twelve_months(day: date) -> date:
    return _in_year(day, day.year + 1)


def twelve_months_ago(day: date) -> date:
    return _in_year(day, day.year - 1)


def _in_year(day: date, year: int) -> date:
    return day.replace(year=year, day=28 if (day.month, day.day) == (2, 29) else day.day)
