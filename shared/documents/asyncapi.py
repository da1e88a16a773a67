"""What a service says and hears over Kafka, as an AsyncAPI 3 document: topics, keys, messages and their headers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.contracts import codec
from shared.contracts.schemas import Schema, event_schema, opened_schema
from shared.documents import headers
from shared.documents.hoisting import hoist
from shared.documents.openapi import receipt_schema
from shared.documents.refusals import Refusal
from shared.messaging import checkpoints_topic, events_topic, ingest_topic, receipts_topic, to_school_topic

Document = dict[str, Any]

_about = """\
Messages are CloudEvents 1.0 in binary mode: the attributes are `ce_*` headers, the value is the content alone. A text
that is marked `x-personal` is sealed: it opens only with the key of its subject, which is not on the topic. To the
school that it is for it is told in clear. Checkpoints alone are no CloudEvents: each is a text, signed as it stands."""


@dataclass(frozen=True, slots=True)
class Interface:
    """What a service does over Kafka.

    Attributes:
        kafka: the brokers' address.
        streams: the events that it makes, each with the form of its stream.
        heard: the events that it listens to, each with the views that are made of it.
        claims: the JSON Schema of each type of claim that it takes; a service that takes none has no intake.
        refusals: what a receipt's code may be.
        tells: the events that schools are told, each what is for it.
    """

    service: str
    title: str
    kafka: str
    streams: Mapping[type[Any], str]
    heard: Mapping[type[Any], Sequence[str]]
    claims: Mapping[str, Schema] = field(default_factory=dict)
    refusals: Sequence[Refusal] = ()
    tells: Sequence[type[Any]] = ()


def document(interface: Interface) -> Document:
    """The description of a service's interface."""
    drawn = _Drawn(interface)
    if interface.streams:
        drawn.published()
    if interface.claims:
        drawn.claims_and_receipts()
    if interface.tells:
        drawn.told()
    drawn.checkpoints()
    drawn.listening()
    return drawn.document()


class _Drawn:
    """A document that is being made."""

    def __init__(self, interface: Interface) -> None:
        self._interface = interface
        self._channels: Document = {}
        self._operations: Document = {}
        self._messages: Document = {}
        self._schemas: Document = {}

    def document(self) -> Document:
        """What was drawn, whole."""
        interface = self._interface
        hoist(self._schemas, self._schemas)
        return {
            "asyncapi": "3.0.0",
            "id": f"urn:baton:service:{interface.service}",
            "info": {"title": f"{interface.title}, over Kafka", "version": "1", "description": _about},
            "defaultContentType": "application/json",
            "servers": {"kafka": {"host": interface.kafka, "protocol": "kafka"}},
            "channels": self._channels,
            "operations": self._operations,
            "components": {"messages": self._messages, "schemas": self._schemas},
        }

    def published(self) -> None:
        """The service's own events."""
        self._channel(
            "events",
            events_topic(self._interface.service),
            "What happened here",
            "Every event of this service, once it is numbered. A stream's events stand on one partition, in their "
            "order; `ce_logindex` is the order of all. Nothing is deleted.",
            self._events(self._interface.streams),
        )
        self._operation("publish", "send", "events", "Publishes what happened.")

    def listening(self) -> None:
        """The events of each service that this one listens to."""
        for service, contract in codec.contracts.items():
            names = self._events(cls for cls in contract.types.values() if cls in self._interface.heard)
            if not names:
                continue
            if service == self._interface.service:
                channel, says = "events", "Hears its own events: its views are made of them."
            else:
                channel, says = f"{service}Events", f"Listens to {service}."
                about = "The events that this service listens to; the topic has others too."
                self._channel(channel, events_topic(service), f"What happened in {service}", about, names)
            self._operation(f"hear{service.capitalize()}", "receive", channel, says)
            self._operations[f"hear{service.capitalize()}"]["messages"] = [
                {"$ref": f"#/channels/{channel}/messages/{name}"} for name in names
            ]

    def claims_and_receipts(self) -> None:
        """What schools' systems say, and how each is answered."""
        names = [self._claim(type_name, schema) for type_name, schema in sorted(self._interface.claims.items())]
        about = (
            "Claims of one school, whose topic proves who speaks; the key says nothing. A claim in structured mode "
            "(`application/cloudevents+json`) is taken as well. What was answered is deleted at once."
        )
        address = ingest_topic(self._interface.service, "{urn}")
        self._channel("claims", address, "What schools' systems say", about, names)
        self._message(
            "Receipt",
            receipt_schema(self._interface.refusals),
            headers=headers.receipts,
            summary="What became of one claim.",
            bindings=_key("The sender's own id of the claim."),
        )
        about = "One receipt for each claim, and another when a claim that had to wait is answered."
        self._channel("receipts", receipts_topic("{urn}"), "What became of it", about, ["Receipt"])
        self._of_a_school("claims", "receipts")
        self._operation("takeClaims", "receive", "claims", "Takes what schools' systems say.")
        self._operations["takeClaims"]["reply"] = {"channel": {"$ref": "#/channels/receipts"}}
        self._operation("answerClaims", "send", "receipts", "Answers each claim.")

    def told(self) -> None:
        """What each school is told."""
        names = [self._told(name) for name in codec.type_names_of(*self._interface.tells)]
        about = (
            "What the trust has for this school: the same events as on the service's own topic, with the same ids, and "
            "their texts in clear. In the order of `ce_logindex`; one may come twice. Kept for 30 days."
        )
        self._channel("toSchool", to_school_topic("{urn}"), "What a school is told", about, names)
        self._of_a_school("toSchool")
        self._operation("tellSchools", "send", "toSchool", "Tells each school what is for it.")

    def checkpoints(self) -> None:
        """The signed checkpoints of the writers' logs: a writer gives its own away, reporting keeps them all."""
        bindings = _key("The service whose log it is, such as `talent`.")
        self._message("Checkpoint", _checkpoint, contentType="text/plain; charset=utf-8", bindings=bindings)
        about = (
            "How many events each writer's log has, and the root of the Merkle tree over them, signed about once a "
            "second while there are new ones. Whoever keeps them can tell later whether history was changed "
            "(`baton audit verify`). Nothing is deleted."
        )
        self._channel("checkpoints", checkpoints_topic, "Signed checkpoints", about, ["Checkpoint"])
        if self._interface.streams:
            self._operation("giveCheckpoints", "send", "checkpoints", "Gives the checkpoints of its own log away.")
        else:
            self._operation("keepCheckpoints", "receive", "checkpoints", "Keeps every writer's checkpoints.")

    def _told(self, type_name: str) -> str:
        name = f"toSchool.{type_name}"
        self._message(name, opened_schema(type_name), headers=headers.to_school, bindings=_key("The event's stream."))
        return name

    def _of_a_school(self, *channels: str) -> None:
        for channel in channels:
            self._channels[channel]["parameters"] = {"urn": {"description": "A school's URN.", "examples": ["900001"]}}

    def _events(self, events: Iterable[type[Any]]) -> list[str]:
        """The messages of events, by their names, in the order of the contracts."""
        wanted = set(events)
        found = [
            (n, cls) for contract in codec.contracts.values() for n, cls in contract.types.items() if cls in wanted
        ]
        for name, cls in found:
            stream = self._interface.streams.get(cls)
            bindings = _key(f"The stream: `{stream}`." if stream else "The stream.")
            self._message(name, event_schema(name), headers=headers.events, bindings=bindings)
        return [name for name, _ in found]

    def _claim(self, type_name: str, schema: Schema) -> str:
        name, event = f"claim.{type_name}", type_name.split(".")[3]
        self._message(name, schema, headers=headers.claims, title=event, summary=f"Claims that {event} happened.")
        return name

    def _message(self, name: str, schema: Schema, *, headers: Schema | None = None, **more: Any) -> None:
        content = {word: said for word, said in schema.items() if word not in ("$id", "$schema")}
        said, _, more_said = str(content.get("description", "")).partition("\n\n")
        self._schemas |= {name: content} | ({headers["title"]: headers} if headers else {})
        self._messages[name] = {
            "name": name,
            "title": str(content.get("title", name)),
            **({"summary": said} if said else {}),
            **({"description": more_said} if more_said else {}),
            **({"headers": _reference("schemas", headers["title"])} if headers else {}),
            "payload": _reference("schemas", name),
            **more,
        }

    def _channel(self, name: str, address: str, title: str, about: str, messages: Iterable[str]) -> None:
        self._channels[name] = {
            "address": address,
            "title": title,
            "description": about,
            "messages": {message: _reference("messages", message) for message in messages},
        }

    def _operation(self, name: str, action: str, channel: str, summary: str) -> None:
        self._operations[name] = {"action": action, "channel": {"$ref": f"#/channels/{channel}"}, "summary": summary}


_checkpoint: Schema = {
    "title": "Checkpoint",
    "description": "A signed checkpoint of a service's log.\n\nIts lines: the log's name, how many events it has, the "
    "root of the RFC 6962 tree over their hashes in base64, an empty one, and the signature. C2SP describes both "
    "forms: `tlog-checkpoint` and `signed-note`.",
    "type": "string",
    "pattern": r"^[^\n]+\n[1-9][0-9]*\n[A-Za-z0-9+/]{43}=\n\n— [^\n ]+ [A-Za-z0-9+/]+=*\n$",
}


def _reference(kind: str, name: str) -> Document:
    return {"$ref": f"#/components/{kind}/{name}"}


def _key(says: str) -> Document:
    return {"kafka": {"key": {"type": "string", "description": says}, "bindingVersion": "0.5.0"}}
