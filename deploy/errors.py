"""The one kind of error that a user of the stack meets: what is not met, and what to do about it."""

from __future__ import annotations


class Unmet(Exception):
    """One sentence on what is wrong, one on what to do, and what a log says about it where that helps.

    Attributes:
        code: of a condition that has one, the same wherever it is met.
    """

    def __init__(self, message: str, advice: str = "", *, detail: str = "", code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice
        self.detail = detail
        self.code = code
        if detail:
            self.add_note(detail)  # a traceback shows it, in tests for instance

    def __str__(self) -> str:
        return f"{self.message} {self.advice}".strip()
