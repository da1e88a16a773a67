"""The description of the system says what ARCHITECTURE promises, and nothing twice."""

from __future__ import annotations

import pytest

from deploy.description import DATABASES, OWNER_ROLES, ROLES, SERVICES, TOPICS, WRITERS, topics_of_school


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


@pytest.mark.parametrize("urn", ["", "12345", "1234567", "abcdef", "10000/", "١٢٣٤٥٦"])
def test_what_is_no_urn_never_becomes_a_topic(urn: str) -> None:
    with pytest.raises(ValueError, match="6 digits"):
        topics_of_school(urn)
