"""An AsyncAPI document as one page that loads nothing: no script, no font, no address but its own."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape

from shared.documents.asyncapi import Document

_here = Path(__file__).parent
_style = (_here / "page.css").read_text(encoding="utf-8")
_digest = b64encode(sha256(_style.encode()).digest()).decode()
_says = {"format": "{}", "pattern": "like {}", "minimum": "from {}", "maximum": "to {}"}
_says |= {"minLength": "at least {} characters", "maxLength": "at most {} characters"}
_says |= {"minItems": "at least {}", "maxItems": "at most {}", "default": "where it is missing: {}"}

headers: Mapping[str, str] = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_digest}'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}
"""The page may load nothing, and the browser holds it to that."""


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a table of fields. `to` is the schema that it refers to, where it does."""

    name: str
    needed: bool
    form: str
    to: str | None
    about: str


def of(document: Document) -> str:
    """The page of a document."""
    return _templates.get_template("page.html").render(
        document=document,
        style=_style,
        fields=fields,
        form=_form,
        messages=[(name, _followed(m, document)) for name, m in document["components"]["messages"].items()],
        named={name: s for name, s in document["components"]["schemas"].items() if _is_shown_apart(name, document)},
        last=lambda reference: reference.rpartition("/")[2],
    )


def fields(schema: Document) -> Iterator[Field]:
    """The fields of an object's schema."""
    needed = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        yield Field(name, name in needed, _form(field), _refers_to(field), _about(field))


def _form(schema: Document) -> str:
    """What a value looks like, in words."""
    if "const" in schema:
        return f"always {schema['const']}"
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    if "anyOf" in schema:
        return " or ".join(_form(form) for form in schema["anyOf"])
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "x-personal" in schema and schema.get("pattern", "").startswith("^sealed"):
        return "sealed text"
    words = [said.format(schema[word]) for word, said in _says.items() if word in schema]
    inner = f" of {_form(schema['items'])}" if isinstance(schema.get("items"), dict) else ""
    return ", ".join([f"{schema.get('type', 'anything')}{inner}", *words])


def _refers_to(schema: Document) -> str | None:
    reference = schema.get("$ref") or schema.get("items", {}).get("$ref")
    return reference.rpartition("/")[2] if reference else None


def _about(schema: Document) -> str:
    said = [schema["description"]] if "description" in schema else []
    if "x-personal" in schema:
        subject = schema["x-personal"]["subject"]
        said.append(f"Personal: sealed for the person of {subject}." if subject else "Personal: sealed for its stream.")
    if schema.get("x-data-subject"):
        said.append("A person's id.")
    return " ".join(said)


def _followed(message: Document, document: Document) -> Document:
    """A message with its payload's schema in place of the reference."""
    return {**message, "payload": document["components"]["schemas"][message["payload"]["$ref"].rpartition("/")[2]]}


def _is_shown_apart(name: str, document: Document) -> bool:
    """A message's own schema stands with the message."""
    return name not in document["components"]["messages"]


def _marked_up(text: str) -> Markup:
    """A sentence whose `names` are set as code."""
    said = (f"<code>{escape(part)}</code>" if n % 2 else escape(part) for n, part in enumerate(text.split("`")))
    return Markup("").join(map(Markup, said))


_templates = Environment(loader=FileSystemLoader(_here), autoescape=True, trim_blocks=True, lstrip_blocks=True)
_templates.filters |= {"marked_up": _marked_up, "paragraphs": lambda text: text.split("\n\n") if text else []}
