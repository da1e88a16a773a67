"""The description of the system says what ARCHITECTURE promises, and nothing twice."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from deploy.description import (
    DATABASES,
    OWNER_ROLES,
    ROLES,
    SERVICES,
    TOPICS,
    WRITERS,
    ServiceDescription,
    rights_of_client,
    rights_of_service,
    topics_of_school,
)
from deploy.settings import ROOT


def test_ports_are_where_users_expect_them() -> None:
    assert {service.name: service.port for service in SERVICES} == {
        "reporting": 8100,
        "talent": 8101,
        "cpd": 8102,
        "collaboration": 8103,
    }


def test_each_service_owns_one_database_and_the_vault_is_its_own() -> None:
    assert [database.name for database in DATABASES] == [
        "talent",
        "cpd",
        "collaboration",
        "reporting",
        "vault",
    ]
    assert len({database.owner for database in DATABASES}) == len(DATABASES)


def test_no_role_is_both_an_owner_and_an_app() -> None:
    apps = {app for database in DATABASES for app in database.apps}

    assert apps.isdisjoint(OWNER_ROLES)
    assert apps | set(OWNER_ROLES) == set(ROLES)


def test_event_topics_keep_everything_in_twelve_partitions() -> None:
    events = {topic.name: topic for topic in TOPICS if topic.name.endswith(".events")}

    assert set(events) == {f"{writer.name}.events" for writer in WRITERS}
    assert {topic.partitions for topic in events.values()} == {12}
    assert {topic.config["retention.ms"] for topic in events.values()} == {"-1"}


def test_a_school_gets_a_door_to_each_writer_its_receipts_and_its_post() -> None:
    assert [topic.name for topic in topics_of_school("100001")] == [
        "ingest.talent.100001",
        "ingest.cpd.100001",
        "ingest.collaboration.100001",
        "receipts.100001",
        "to-school.100001",
    ]


def test_what_schools_publish_is_kept_a_week_in_short_segments() -> None:
    ingest = topics_of_school("100001")[0]

    assert ingest.partitions == 1
    assert dict(ingest.config) == {"retention.ms": "604800000", "segment.ms": "600000"}


def test_what_a_school_is_told_in_clear_is_gone_after_a_month() -> None:
    to_school = topics_of_school("100001")[-1]

    assert to_school.config["retention.ms"] == "2592000000"
    assert int(to_school.config["segment.ms"]) <= 12 * 60 * 60 * 1000


@pytest.mark.parametrize("urn", ["", "12345", "1234567", "abcdef", "10000/", "012345", "١٢٣٤٥٦"])
def test_what_is_no_urn_never_becomes_a_topic(urn: str) -> None:
    with pytest.raises(ValueError, match="six digits"):
        topics_of_school(urn)


def test_each_writer_writes_its_own_events_and_reads_its_own_claims() -> None:
    for writer in WRITERS:
        rights = rights_of_service(writer)
        writes = [r.name for r in rights if "WRITE" in r.operations and not r.is_prefix]
        assert writes == [f"{writer.name}.events", "audit.checkpoints"]
        assert [r.name for r in rights if "DELETE" in r.operations] == [f"ingest.{writer.name}.", "to-school."]


def test_reporting_writes_nothing() -> None:
    [reporting] = [service for service in SERVICES if not service.is_writer]

    assert {operation for right in rights_of_service(reporting) for operation in right.operations} == {"READ"}


def test_a_client_has_rights_on_the_topics_of_its_schools_and_on_groups_of_its_own() -> None:
    rights = rights_of_client("harbour-mis", ["100001", "100002"])

    topics = {topic.name for urn in ("100001", "100002") for topic in topics_of_school(urn)}
    assert {right.name for right in rights if right.kind == "topic"} == topics
    assert [right.name for right in rights if right.kind == "group"] == ["harbour-mis"]
    assert all(right.is_prefix == (right.kind == "group") for right in rights)


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_what_a_service_hears_is_what_its_code_subscribes_to(service: ServiceDescription) -> None:
    package = ROOT / "services" / service.name
    found = re.search(r"(?:hears=|^writers = )(\(.*\))", _composition(package), re.MULTILINE)

    assert found is not None
    assert ast.literal_eval(found[1]) == service.hears


def _composition(package: Path) -> str:
    return "".join((package / name).read_text() for name in ("main.py", "composition.py") if (package / name).exists())
