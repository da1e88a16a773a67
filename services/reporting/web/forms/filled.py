"""A form as somebody sends it or sees it again: what was typed, and what was said to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self
from uuid import UUID

from fastapi import Request
from uuid_utils.compat import uuid7

from services.reporting.web.commands import Refused
from services.reporting.web.forms.form import Field, Sent
from services.reporting.web.posting import Posted, local, one

OWN = ("form_id", "then")
"""The form's own fields; all others are the command's."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A form with what is in it.

    Attributes:
        id: under which it is sent: once, however often. What is new gets it as its own.
        then: where to go on to.
        given: what the address says already, by field; of a form that nobody has sent yet.
        typed: what was sent; None before.
        wrong: what is wrong with a field, by its name.
        problems: what is wrong otherwise.
    """

    id: str
    then: str
    given: Mapping[str, str] = field(default_factory=dict)
    typed: Posted | None = None
    status: int = 200
    wrong: Mapping[str, str] = field(default_factory=dict)
    problems: Sequence[str] = ()

    @classmethod
    def of_address(cls, request: Request) -> Self:
        """A form that is opened."""
        asked = request.query_params
        given = {name: text for name, text in asked.items() if name not in OWN}
        return cls(str(uuid7()), local(asked.get("then") or _came_from(request)), given)

    @classmethod
    def of_typed(cls, typed: Posted) -> Self:
        """A form that was sent."""
        return cls(_id(one(typed, "form_id")), local(one(typed, "then")), typed=typed)

    @property
    def chosen(self) -> Mapping[str, str]:
        """The first text of each field."""
        return self.given if self.typed is None else {name: texts[0] for name, texts in self.typed.items()}

    def refused(self, refusal: Refused, fields: Sequence[Field], sent: Sent) -> Self:
        """With what the writer said to it, each at the field that it is about. The next try is another command."""
        wrong: dict[str, str] = {}
        problems: list[str] = []
        for pointer, message in refusal.errors:
            name = _field_of(pointer, fields, sent)
            if name is None or name in wrong:
                problems.append(message)
            else:
                wrong[name] = message
        if not refusal.errors:
            problems.append(refusal.detail)
        return replace(self, id=str(uuid7()), status=422, wrong=wrong, problems=problems)


def _field_of(pointer: str, fields: Sequence[Field], sent: Sent) -> str | None:
    """The field that a JSON pointer in what was sent leads to."""
    if pointer in sent.fields:
        return sent.fields[pointer]
    member = pointer.split("/")[1] if pointer.startswith("/") else ""
    return next((field.name for field in fields if member in field.members), None)


def _id(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return str(uuid7())


def _came_from(request: Request) -> str:
    """The page of this site that led here."""
    here, came_from = str(request.base_url), request.headers.get("referer", "")
    return f"/{came_from.removeprefix(here)}" if came_from.startswith(here) else ""
