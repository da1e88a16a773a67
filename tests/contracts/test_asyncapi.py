"""What each service says of itself over Kafka: valid by the official parser, and so what really goes over the wire."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jsonschema_rs import Draft202012Validator, ValidationError

from deploy.description import SERVICES, TOPICS, WRITERS, ServiceDescription, topics_of_school
from shared.contracts import codec
from shared.contracts.collaboration.capacity import CapacityAllocated
from shared.contracts.envelope import timestamp
from shared.contracts.talent.deployments import DeploymentProposed
from shared.documents import asyncapi, page
from shared.messaging import Message, cloud_event_message, event_message
from shared.sealing.note import Signer
from tests.contracts.goldens import FOLDER
from tests.contracts.offline import services

PARSER = Path(__file__).parent / "asyncapi"
LATEST = "asyncapi-latest-version"  # the parser knows 3.1; what reads these documents may not yet
URN = "900001"

every_service = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
every_writer = pytest.mark.parametrize("service", WRITERS, ids=lambda service: service.name)


@cache
def documents() -> Mapping[str, dict[str, Any]]:
    return {name: asyncapi.document(app.state.interface()) for name, app in services().items()}


@cache
def parsed() -> Mapping[str, dict[str, Any]]:
    """What the official parser says of each document."""
    with TemporaryDirectory() as directory:
        paths = {name: Path(directory, f"{name}.json") for name in documents()}
        for name, path in paths.items():
            path.write_text(json.dumps(documents()[name]), encoding="utf-8")
        said = subprocess.run(
            ["node", "check.mjs", *map(str, paths.values())], cwd=PARSER, capture_output=True, text=True, check=True
        )
        found = json.loads(said.stdout)
        return {name: found[str(path)] for name, path in paths.items()}


def headers_of(message: Message) -> dict[str, str]:
    return {name: text.decode() for name, text in message.headers}


@every_service
def test_the_official_parser_finds_nothing_wrong(service: ServiceDescription) -> None:
    found = parsed()[service.name]

    assert [said for said in found["diagnostics"] if said["code"] != LATEST] == []
    assert found["parsed"]
    assert set(found["operations"]) == documents()[service.name]["operations"].keys()


def test_the_official_parser_would_find_something() -> None:
    with TemporaryDirectory() as directory:
        path = Path(directory, "broken.json")
        broken = documents()["talent"] | {"operations": {"publish": {"action": "shout"}}}
        path.write_text(json.dumps(broken), encoding="utf-8")
        said = subprocess.run(["node", "check.mjs", str(path)], cwd=PARSER, capture_output=True, text=True, check=True)

    assert not json.loads(said.stdout)[str(path)]["parsed"]


@every_writer
def test_a_writers_topics_are_those_of_the_stack(service: ServiceDescription) -> None:
    channels = documents()[service.name]["channels"]
    there = {topic.name for topic in (*TOPICS, *topics_of_school(URN))}

    addresses = {channel["address"].replace("{urn}", URN) for channel in channels.values()}
    assert addresses <= there
    assert {f"{service.name}.events", f"ingest.{service.name}.{URN}", f"receipts.{URN}"} <= addresses
    assert "audit.checkpoints" in addresses


def test_reporting_hears_all_and_says_nothing() -> None:
    operations = documents()["reporting"]["operations"]

    assert {operation["action"] for operation in operations.values()} == {"receive"}
    assert set(operations) == {"hearTalent", "hearCpd", "hearCollaboration", "keepCheckpoints"}


@every_service
def test_a_checkpoint_is_the_signed_text_that_is_written(service: ServiceDescription) -> None:
    document = documents()[service.name]
    described = document["components"]["schemas"]["Checkpoint"]
    note = Signer("baton.local/talent", Ed25519PrivateKey.generate()).note(452, bytes(32))

    assert document["components"]["messages"]["Checkpoint"]["contentType"].startswith("text/plain")
    assert "headers" not in document["components"]["messages"]["Checkpoint"]
    Draft202012Validator(described).validate(note)
    for other in (note.replace("452", "0"), note.replace("—", "-"), note + "\n"):
        with pytest.raises(ValidationError):
            Draft202012Validator(described).validate(other)


@every_writer
def test_an_event_is_described_with_its_content_and_its_key(service: ServiceDescription) -> None:
    document = documents()[service.name]
    made = services()[service.name].state.interface().streams

    assert document["channels"]["events"]["messages"].keys() == set(codec.type_names_of(*made))
    for name in document["channels"]["events"]["messages"]:
        message, schema = document["components"]["messages"][name], document["components"]["schemas"][name]
        assert message["summary"] == schema["description"].partition("\n\n")[0]
        assert message["bindings"]["kafka"]["key"]["description"].startswith("The stream: `")
        record = json.loads((FOLDER / f"{name}.json").read_bytes())
        whole = {**schema, "components": document["components"]}
        Draft202012Validator(whole).validate(record)


def test_a_reaction_hears_what_it_is_on_and_not_what_it_makes() -> None:
    heard = services()["talent"].state.interface().heard

    assert CapacityAllocated in heard
    assert DeploymentProposed not in heard


def test_the_headers_of_an_event_are_those_that_are_written() -> None:
    pinned = json.loads((FOLDER / "chain.json").read_text(encoding="utf-8"))
    whole = json.loads(pinned["meta"]) | {"causationid": "c", "chaindepth": 1, "urn": URN}
    described = documents()["talent"]["components"]["schemas"]["EventHeaders"]

    written = headers_of(event_message(json.dumps(whole).encode(), b"{}", 7))

    Draft202012Validator(described).validate(written)
    assert written.keys() == described["properties"].keys()
    least = headers_of(event_message(pinned["meta"].encode(), b"{}", 7))
    assert least.keys() - {"content-type", "ce_urn", "ce_causationid", "ce_chaindepth"} == set(described["required"])


def test_the_headers_of_a_receipt_are_those_that_are_written() -> None:
    described = documents()["talent"]["components"]["schemas"]["ReceiptHeaders"]
    attributes = {"id": "01900000-0000-7000-8000-000000000001", "type": "uk.mat.talent.Receipt.v1", "subject": "a"}
    attributes |= {"source": "/talent", "datacontenttype": "application/json", "specversion": "1.0"}
    attributes["time"] = timestamp(datetime(2026, 11, 22, tzinfo=UTC))

    written = headers_of(cloud_event_message("receipts.900001", "a", attributes, b"{}"))

    Draft202012Validator(described).validate(written)
    assert written.keys() == described["properties"].keys()


@every_writer
def test_every_claim_that_is_taken_is_described(service: ServiceDescription) -> None:
    document, claims = documents()[service.name], services()[service.name].state.interface().claims

    assert document["channels"]["claims"]["messages"].keys() == {f"claim.{type_name}" for type_name in claims}
    assert document["operations"]["takeClaims"]["reply"] == {"channel": {"$ref": "#/channels/receipts"}}


class Links(HTMLParser):
    """What a page refers to."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.places: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.places |= {str(named["id"])} if "id" in named else set()
        if tag == "a":
            self.links.append(str(named["href"]))
        elif tag in {"script", "link", "img", "iframe"} or "src" in named or "href" in named or "style" in named:
            self.loads.append(tag)


@every_service
async def test_the_page_shows_all_of_it_and_loads_nothing(service: ServiceDescription) -> None:
    transport = httpx.ASGITransport(services()[service.name])
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        document = (await client.get("/asyncapi.json")).json()
        answer = await client.get("/docs/asyncapi")

    seen = Links()
    seen.feed(answer.text)
    assert document == documents()[service.name]
    assert seen.loads == []
    assert all(link.startswith(("#", "/")) for link in seen.links)
    assert {link[1:] for link in seen.links if link.startswith("#")} <= seen.places
    assert {f"message-{name}" for name in document["components"]["messages"]} <= seen.places
    assert "url(" not in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")


def test_what_a_description_says_is_text_on_the_page() -> None:
    document = json.loads(json.dumps(documents()["talent"]))
    document["info"]["description"] = "<script>alert(1)</script> and `<b>`"

    text = page.of(document)

    assert "<script>" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; and <code>&lt;b&gt;</code>" in text
