"""How figures are said in pictures: in digits, so that one bar can be compared with the next."""

from __future__ import annotations


def number(n: int, thing: str) -> str:
    """Such as "1 school", "1,204 schools"."""
    return f"{n:,} {thing if n == 1 else f'{thing}s'}"
