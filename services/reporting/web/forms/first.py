"""What has to be chosen before the rest of a form can be asked: in a step of its own, by the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from services.reporting.web.forms.filled import Filled
from services.reporting.web.forms.form import Asking, Field, Form
from services.reporting.web.forms.shown import Shown, shown


async def choose_first(form: Form, filled: Filled, asking: Asking) -> tuple[Asking, Shown | None]:
    """With what comes first as it is chosen, of one choice by itself; and the question, if it has to be asked."""
    if form.first is None or filled.typed is not None:
        return asking, None
    [first] = await shown([form.first], asking, {}, {})
    known, given = [option.value for option in first.options], asking.chosen.get(form.first.name)
    chosen = known[0] if len(known) == 1 else given if given in known else ""
    asking = replace(asking, chosen={**asking.chosen, form.first.name: chosen})
    return asking, first if known and not chosen else None


def kept(form: Form, fields: Sequence[Field], asking: Asking) -> Mapping[str, str]:
    """What came first, if no field says it: the form sends it with the rest."""
    if form.first is None or form.first.name in {field.name for field in fields}:
        return {}
    return {form.first.name: asking.chosen.get(form.first.name, "")}
