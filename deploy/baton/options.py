"""What several commands are told in the same way: trusts and schools by their numbers. A wrong one is wrong usage."""

from __future__ import annotations

import re
from collections.abc import Callable

import typer


def _matching(form: str, expected: str) -> Callable[[str | list[str] | None], str | list[str] | None]:
    def check(given: str | list[str] | None) -> str | list[str] | None:
        for one in [given] if isinstance(given, str) else given or []:
            if not re.fullmatch(form, one, re.ASCII):
                raise typer.BadParameter(f"{one!r} is not {expected}")
        return given

    return check


trust_uid = _matching(r"[1-9][0-9]{3,4}", "a group UID of four or five digits")
urns = _matching(r"[1-9][0-9]{5}", "a URN of six digits")
