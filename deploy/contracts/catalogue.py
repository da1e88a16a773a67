"""The catalogue of events as a page: who makes each, when, where it stands, who listens, and whom it is about.

All of it comes from the code: the contracts, the deciders, what the services' views name, and the published record.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from deploy.contracts import offline, record
from deploy.contracts.record import Schemas
from deploy.settings import ROOT
from shared.contracts import codec
from shared.documents.asyncapi import Interface
from shared.intake.people import person_fields

PLACE = Path("docs/events.md")
_ABOUT = """\
# Events

Every event there is, by the service that makes it. This page is made from the code (`baton schema catalogue`): when
an event happens is its class's docstring, who listens is whoever's views name the class. Reporting keeps every event in
its ledger; the read models that look at one are named. What was recorded under an earlier version is read as the newest
one ([changing-an-event.md](changing-an-event.md)), and stands on the topic as it was.
"""


def page() -> str:
    """The page, as its file holds it."""
    interfaces = {name: app.state.interface() for name, app in offline.services().items()}
    known = record.of_folder(ROOT / record.PLACE)
    return "\n".join([_ABOUT, *(line for service in codec.contracts for line in _service(service, interfaces, known))])


def _service(service: str, interfaces: Mapping[str, Interface], known: Schemas) -> Iterator[str]:
    yield f"## {service}\n"
    contract = codec.contracts[service]
    for cls in dict.fromkeys(contract.types.values()):
        yield f"### {cls.__name__}\n"
        yield f"{inspect.cleandoc(cls.__doc__ or '')}\n"
        *earlier, newest = contract.versions(cls)
        yield f"- {_name(newest, known)}"
        yield from (f"- earlier, and read as this: {_name(name, known)}" for name in earlier)
        yield f"- {_stream(cls, interfaces[service])}"
        yield f"- {_listeners(cls, interfaces)}"
        yield from (f"- {line}" for line in (*_people(cls), *_personal(cls)))
        yield ""


def _name(type_name: str, known: Schemas) -> str:
    since = known.get(type_name, {}).get(record.SINCE)
    return f"[`{type_name}`](schemas/{type_name}.json)" + (f", since {since}" if since else "")


def _stream(cls: type[Any], interface: Interface) -> str:
    stream = interface.streams.get(cls)
    return f"stream: `{stream}`" if stream else "not made yet: no rule of the service makes it"


def _listeners(cls: type[Any], interfaces: Mapping[str, Interface]) -> str:
    heard = [_said(service, i.heard[cls]) for service, i in interfaces.items() if cls in i.heard]
    return f"heard by: {', '.join(heard)}"


def _said(service: str, views: Sequence[str]) -> str:
    """A writer has one view of what it hears; reporting has its read models."""
    named = [f"`{view}`" for view in views if view not in ("views", "ledger")]
    return f"{service} ({', '.join(named)})" if named else service


def _people(cls: type[Any]) -> Iterator[str]:
    fields = [".".join(part for part in path if part) for path in person_fields(cls)]
    if fields:
        yield f"people: {', '.join(f'`{field}`' for field in fields)}"


def _personal(cls: type[Any]) -> Iterator[str]:
    for name, mark in codec.personal_fields(cls).items():
        yield f"personal: `{name}`, sealed for {f'`{mark.subject}`' if mark.subject else 'its stream'}"
