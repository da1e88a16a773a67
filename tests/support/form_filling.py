"""A form's page as somebody fills it in: the first of what may be chosen, and what they type elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser

Fields = dict[str, list[str]]
_typed = {"day": "7", "month": "12", "year": "2026", "time": "16:30"}


class _Form(HTMLParser):
    """What a browser would send of the page's form, if nobody touched it, and what could be chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: Fields = {}
        self.options: Fields = {}
        self.types: dict[str, str] = {}
        self._inside = False
        self._select: str | None = None
        self._textarea: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        have = {name: value or "" for name, value in attrs}
        name, value = have.get("name", ""), have.get("value", "")
        if tag == "form":
            action = have.get("action", "")
            self._inside = action.startswith("/do/") or action.endswith("/reveal")
        if not self._inside:
            return
        match tag, have.get("type", ""):
            case "input", "radio" | "checkbox":
                self.types[name] = have["type"]
                self.options.setdefault(name, []).append(value)
                if "checked" in have:
                    self.fields.setdefault(name, []).append(value)
            case "input", _:
                self.types[name] = have.get("type", "text")
                self.fields[name] = [value]
            case "textarea", _:
                self.types[name], self._textarea = "textarea", name
                self.fields[name] = [""]
            case "select", _:
                self.types[name], self._select = "select", name
            case "option", _ if self._select is not None:
                self.options.setdefault(self._select, []).append(value)
                if "selected" in have:
                    self.fields[self._select] = [value]

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.fields[self._textarea][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "textarea":
            self._textarea = None
        elif tag == "select":
            self._select = None


def read(page: str) -> Fields:
    """What would be sent as it is."""
    form = _Form()
    form.feed(page)
    return form.fields


def fill(page: str, **typed: str) -> Fields:
    """What would be sent once all is filled in: choices and days by themselves, texts as `typed` says, else a word.

    What may be left empty is filled in, too. The place of a field's name takes `_` for what Python cannot write.
    """
    form = _Form()
    form.feed(page)
    filled: Fields = dict(form.fields)
    for name, options in form.options.items():
        if not filled.get(name, [""])[0]:
            filled[name] = [next((option for option in options if option), "")]
    for name, kind in form.types.items():
        if kind in ("text", "textarea") and not filled[name][0]:
            filled[name] = [_word(name, typed)]
    return filled | {name: [text] for name, text in typed.items() if name in filled}


def _word(name: str, typed: Mapping[str, str]) -> str:
    return typed.get(name) or _typed.get(name.rpartition("-")[2], "something")
