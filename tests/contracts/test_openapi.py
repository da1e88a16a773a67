"""What each service says of its HTTP doors: valid, whole, and with the codes that it really answers with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest
from openapi_spec_validator import validate

from deploy.description import SERVICES, WRITERS, ServiceDescription
from shared.documents.refusals import refusals_of
from shared.writer import answering
from tests.contracts.offline import services

every_service = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
every_writer = pytest.mark.parametrize("service", WRITERS, ids=lambda service: service.name)
FORMS = {"format", "pattern", "enum", "anyOf"}  # how a text says what it looks like
FREE = {"GET /events/{event_id}", "GET /schemas/{type_name}"}  # asked for by whatever somebody has: known or not
OPEN = {"operations", "documents", "reports", "clients"}  # these ask for no token
KEYS = "GET /.well-known/jwks.json"  # what signatures are checked with is no secret
OAUTH = {"400", "401"}  # what RFC 6749 has a form of its own for, where a client asks for its token


def document(service: ServiceDescription) -> dict[str, Any]:
    found: dict[str, Any] = services()[service.name].openapi()
    return found


def operations(service: ServiceDescription) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, asked in document(service)["paths"].items():
        for method, operation in asked.items():
            yield f"{method.upper()} {path}", operation


def parameters(service: ServiceDescription, operation: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    shared = document(service)["components"]["parameters"]
    for parameter in operation.get("parameters", ()):
        yield shared[parameter["$ref"].rpartition("/")[2]] if "$ref" in parameter else parameter


@every_service
def test_it_is_valid(service: ServiceDescription) -> None:
    validate(document(service))


@every_service
def test_every_operation_says_what_it_does_and_every_parameter_what_it_is(service: ServiceDescription) -> None:
    for name, operation in operations(service):
        assert operation["summary"], name
        for parameter in parameters(service, operation):
            assert parameter.get("description"), (name, parameter["name"])
            assert parameter["schema"].keys() & FORMS or parameter["in"] != "path" or name in FREE, name


@every_service
def test_every_refusal_is_problem_details_that_are_described(service: ServiceDescription) -> None:
    schemas = document(service)["components"]["schemas"]
    for name, operation in operations(service):
        refused = {s: answer for s, answer in operation["responses"].items() if s >= "400"}
        if "operations" in operation["tags"]:
            refused.pop("503", None)  # a health report, which says what is not well
        if name == "POST /oauth/token":
            refused = {status: answer for status, answer in refused.items() if status not in OAUTH}
        for status, answer in refused.items():
            place = f"#/components/schemas/Problem{status}"
            assert answer["content"] == {"application/problem+json": {"schema": {"$ref": place}}}, name
            assert schemas[f"Problem{status}"]["properties"]["status"] == {"const": int(status)}


@every_service
def test_every_answer_has_a_correlation_id(service: ServiceDescription) -> None:
    for name, operation in operations(service):
        assert {"X-Correlation-Id"} <= {parameter["name"] for parameter in parameters(service, operation)}, name
        assert all("X-Correlation-Id" in answer["headers"] for answer in operation["responses"].values()), name


@every_service
def test_what_asks_for_a_token_says_so(service: ServiceDescription) -> None:
    assert service.name == "reporting" or document(service)["components"]["securitySchemes"]["bearer"]["scheme"] == (
        "bearer"
    )
    for name, operation in operations(service):
        if OPEN.isdisjoint(operation["tags"]) and name != KEYS:
            proofs: list[dict[str, list[str]]] = [{"bearer": []}, {"apiKey": []}, {"clientCredentials": []}]
            assert operation["security"] == (proofs if service.is_writer else proofs[:2]), name
            assert "401" in operation["responses"], name


@every_writer
def test_a_command_needs_its_key_and_what_is_in_its_path_is_not_in_its_body(service: ServiceDescription) -> None:
    commands = [(name, it) for name, it in operations(service) if it["tags"] == ["commands"]]
    assert commands
    for name, operation in commands:
        asked = {parameter["name"]: parameter for parameter in parameters(service, operation)}
        assert asked["Idempotency-Key"]["required"], name
        assert not asked["If-Match"]["required"], name
        in_path = {part for part, parameter in asked.items() if parameter["in"] == "path"}
        assert in_path == {part for part in asked if f"{{{part}}}" in name}
        body = operation["requestBody"]["content"]["application/json"]["schema"]
        assert in_path.isdisjoint(body["properties"]), name
        assert {"200", "201", "400", "401", "403", "409", "413", "422", "503"} <= operation["responses"].keys()


@every_writer
def test_each_status_lists_its_codes_and_what_to_do_about_each(service: ServiceDescription) -> None:
    schemas = document(service)["components"]["schemas"]
    made = refusals_of([f"services.{service.name}", *answering])

    assert {refusal.status for refusal in made} >= {202, 400, 401, 403, 404, 409, 413, 422, 500, 503}
    for status in {refusal.status for refusal in made} - {202}:
        listed = {
            code["const"]: code["description"] for code in schemas[f"Problem{status}"]["properties"]["code"]["oneOf"]
        }
        wanted = [refusal for refusal in made if refusal.status == status]
        assert listed.keys() == {refusal.code for refusal in wanted}
        assert all(refusal.message in listed[refusal.code] for refusal in wanted)


@every_writer
def test_what_waits_is_told_with_the_receipt(service: ServiceDescription) -> None:
    told = document(service)["components"]["schemas"]["Receipt"]["properties"]["code"]["description"]

    assert "`person_unknown`" in told
    assert "`unknown_type`" in told


async def test_an_address_with_a_line_break_is_nowhere() -> None:
    transport = httpx.ASGITransport(services()["talent"])
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        answer = await client.get("/events/a%0Ab?source=x")

    assert (answer.status_code, answer.json()["code"]) == (404, "http_404")
