"""A field as the page shows it: with what was typed, what may be chosen and what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.reporting.web.forms.choices import as_options
from services.reporting.web.forms.form import Asking, Field, Kind, Option, kind_of, literals, longest
from services.reporting.web.posting import Posted, one

_kept = "As you chose before"


@dataclass(frozen=True, slots=True)
class Shown:
    """A field, ready for the template.

    Attributes:
        id: of the first thing that can be filled in: where an error's link leads.
        texts: what was typed, by the name of each input.
    """

    field: Field
    kind: Kind
    id: str
    options: Sequence[Option]
    typed: Posted
    error: str | None
    longest: int | None

    def text(self, part: str = "") -> str:
        return one(self.typed, f"{self.field.name}-{part}" if part else self.field.name)

    def texts(self) -> list[str]:
        return list(self.typed.get(self.field.name, []))


async def shown(fields: Sequence[Field], asking: Asking, typed: Posted, wrong: Mapping[str, str]) -> list[Shown]:
    """The fields. What was chosen can be chosen again, even where it is not among the options any more."""
    return [await _shown(field, asking, typed, wrong.get(field.name)) for field in fields]


async def _shown(field: Field, asking: Asking, typed: Posted, error: str | None) -> Shown:
    kind = kind_of(field)
    if callable(field.options):
        options = list(await field.options(asking))
    else:
        options = list(field.options) or as_options(literals(field.type), field.name)
    if kind in ("radios", "select", "checkboxes", "ranking"):
        known = {option.value for option in options}
        options += [Option(text, _kept) for text in typed.get(field.name, []) if text and text not in known]
        if field.name not in typed and field.required and len(options) == 1:
            typed = {**typed, field.name: [options[0].value]}  # there is nothing else to choose
    first = f"{field.name}-day" if kind in ("day", "moment") else field.name
    return Shown(field, kind, first, options, typed, error, longest(field))
