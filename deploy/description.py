"""The one description of the system: its services, databases, roles and topics, as data.

The local stack, the Docker stack, the tests and the docs follow this file; nothing here does anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

HOST = "127.0.0.1"
VAULT = "vault"
VAULT_OWNER = "vault_owner"
SUPERUSER = "baton"
KAFKA_PORT = 9092
POSTGRES_IMAGE = "postgres:17"
KAFKA_IMAGE = "apache/kafka:4.3.0"
POSTGRES_PORT = 5433
MAIL_PORT = 2525

_FOREVER = "-1"
_DAY_MS = 24 * 60 * 60 * 1000
_MINUTE_MS = 60 * 1000
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceDescription:
    """A process with a database of its own; a writer decides and publishes, reporting only reads.

    Attributes:
        hears: whose events it listens to; a writer also looks at its own, to see where it stopped publishing.
    """

    name: str
    port: int
    is_writer: bool
    hears: tuple[str, ...] = ()

    @property
    def module(self) -> str:
        return f"services.{self.name}.main"

    @property
    def database(self) -> str:
        return self.name

    @property
    def owner(self) -> str:
        """The role that owns the database and migrates it; no service ever logs in with it."""
        return f"{self.name}_owner"

    @property
    def app(self) -> str:
        """Who the service is to Postgres, and to a Kafka that does not let everybody in."""
        return f"{self.name}_app"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseDescription:
    """A database, the role that owns it and the roles that may connect to it."""

    name: str
    owner: str
    apps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Right:
    """What a user of Kafka may do with a topic or a group, or with all whose names begin so.

    Attributes:
        operations: as Kafka names them; READ and WRITE bring DESCRIBE with them.
    """

    kind: Literal["topic", "group"]
    name: str
    operations: tuple[str, ...]
    is_prefix: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicDescription:
    """A topic, its number of partitions, which is fixed at creation, and its configuration."""

    name: str
    partitions: int
    config: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


POSTGRES_SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] %u@%d ",
        "log_error_verbosity": "terse",  # no DETAIL lines: they quote values, and logs hold no personal data
        "max_connections": "300",
    }
)
KAFKA_SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "auto.create.topics.enable": "false",  # a topic's partitions are decided, not defaulted
        "default.replication.factor": "1",
        "min.insync.replicas": "1",
        "offsets.topic.replication.factor": "1",
        "offsets.topic.num.partitions": "8",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "transaction.state.log.num.partitions": "4",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        "group.initial.rebalance.delay.ms": "0",
        "log.retention.check.interval.ms": "30000",
        "log.segment.delete.delay.ms": "1000",
        "broker.heartbeat.interval.ms": "500",
        "broker.session.timeout.ms": "3000",  # how long a killed node's next start waits for its former self
    }
)
"""Of a node on its own: every internal topic has one replica."""

SERVICES = (
    ServiceDescription(name="talent", port=8101, is_writer=True, hears=("talent", "cpd", "collaboration")),
    ServiceDescription(name="cpd", port=8102, is_writer=True, hears=("talent", "cpd", "collaboration")),
    ServiceDescription(name="collaboration", port=8103, is_writer=True, hears=("talent", "collaboration")),
    ServiceDescription(name="reporting", port=8100, is_writer=False, hears=("talent", "cpd", "collaboration")),
)
WRITERS = tuple(service for service in SERVICES if service.is_writer)

DATABASES = (
    *(DatabaseDescription(name=service.database, owner=service.owner, apps=(service.app,)) for service in SERVICES),
    DatabaseDescription(name=VAULT, owner=VAULT_OWNER, apps=tuple(service.app for service in SERVICES)),
)
OWNER_ROLES = tuple(database.owner for database in DATABASES)
APP_ROLES = tuple(service.app for service in SERVICES)
ROLES = (*OWNER_ROLES, *APP_ROLES)
READER_ROLES = ("reporting_trust_reader", "reporting_school_reader")
"""Roles that nobody logs in with: reporting's takes one on while it reads for somebody (docs/adr/0041)."""
READS_AS = "reporting_app"
CHECKPOINTS = "audit.checkpoints"

_KEPT_FOR_EVER = MappingProxyType({"retention.ms": _FOREVER})
_DELETED_WHEN_HANDLED = MappingProxyType(
    {"retention.ms": str(7 * _DAY_MS), "segment.ms": str(10 * _MINUTE_MS)},
)
_READABLE_FOR_A_MONTH = MappingProxyType(
    {
        "retention.ms": str(30 * _DAY_MS),
        "segment.ms": str(12 * 60 * _MINUTE_MS),  # a record goes with the last one of its segment: half a day later
        "message.timestamp.after.max.ms": str(3 * _DAY_MS),  # what is taken back closes its segment: docs/adr/0047
        "compression.type": "gzip",  # which every client reads without a package of its own
    },
)
"""Texts stand in it in clear, for the school that it is for."""

TOPICS = (
    *(TopicDescription(name=f"{writer.name}.events", partitions=12, config=_KEPT_FOR_EVER) for writer in WRITERS),
    TopicDescription(name=CHECKPOINTS, partitions=1, config=_KEPT_FOR_EVER),
)

CLIENT_QUOTAS: Mapping[str, float] = MappingProxyType(
    {
        "producer_byte_rate": 4 * _MIB,  # a second: some thousand events
        "consumer_byte_rate": 8 * _MIB,
        "request_percentage": 100,  # of one of the broker's threads
    }
)
"""What one client of schools may take of a broker; more is slowed down by it, not refused."""


def rights_of_service(service: ServiceDescription) -> tuple[Right, ...]:
    """What a service does on Kafka, and nothing else."""
    heard = tuple(Right("topic", f"{name}.events", ("READ",)) for name in service.hears)
    if not service.is_writer:
        groups = (Right("group", name, ("READ",)) for name in (service.name, f"{service.name}-checkpoints"))
        return (*heard, Right("topic", CHECKPOINTS, ("READ",)), *groups)
    return (
        *heard,
        Right("topic", f"{service.name}.events", ("WRITE",)),
        Right("topic", CHECKPOINTS, ("WRITE",)),
        Right(
            "topic", f"ingest.{service.name}.", ("READ", "DELETE", "WRITE"), is_prefix=True
        ),  # an empty record closes the segment of what was handled: shared/intake/segments.py
        Right("topic", "receipts.", ("WRITE",), is_prefix=True),
        Right(
            "topic", "to-school.", ("WRITE", "READ", "DELETE"), is_prefix=True
        ),  # of whom is erased, it is taken back
        Right("group", f"{service.name}-", ("READ",), is_prefix=True),
    )


def client_of_school(urn: str) -> str:
    """Who a school's own system is, where it is no vendor's."""
    return f"school-{urn}"


def rights_of_client(client: str, urns: Iterable[str]) -> tuple[Right, ...]:
    """What a client of schools may do: write to their doors, read what is for them, in groups of its own name."""
    of_schools = (
        right
        for urn in urns
        for right in (
            *(Right("topic", f"ingest.{writer.name}.{urn}", ("WRITE",)) for writer in WRITERS),
            Right("topic", f"receipts.{urn}", ("READ",)),
            Right("topic", f"to-school.{urn}", ("READ",)),
        )
    )
    return (*of_schools, Right("group", client, ("READ",), is_prefix=True))


def topics_of_school(urn: str) -> tuple[TopicDescription, ...]:
    """The topics that an admitted school publishes to and reads from.

    Raises:
        ValueError: when this is no URN.
    """
    if re.fullmatch("[1-9][0-9]{5}", urn) is None:  # or no service would look at them
        raise ValueError("A school's URN is six digits, and does not begin with 0.")
    return (
        *(
            TopicDescription(name=f"ingest.{writer.name}.{urn}", partitions=1, config=_DELETED_WHEN_HANDLED)
            for writer in WRITERS
        ),
        TopicDescription(name=f"receipts.{urn}", partitions=1, config=_KEPT_FOR_EVER),
        TopicDescription(name=f"to-school.{urn}", partitions=1, config=_READABLE_FOR_A_MONTH),
    )
