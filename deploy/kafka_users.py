"""Kafka's users: the services and the clients of schools, each with exactly what it may do.

aiokafka has no calls for users and rules; confluent-kafka has both (ADR 0036).
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialDeletion,
    UserScramCredentialUpsertion,
)

from deploy.description import CLIENT_QUOTAS, SERVICES, Right, rights_of_client, rights_of_service
from deploy.errors import Unmet
from deploy.kafka_quotas import set_quotas
from shared.messaging import Cluster

_TIMEOUT_S = 30
_ITERATIONS = 8192
_MECHANISM = ScramMechanism.SCRAM_SHA_512
_KINDS = {"topic": ResourceType.TOPIC, "group": ResourceType.GROUP}


class Users:
    """The users of one cluster, as its operator changes them. Every method raises Unmet where Kafka refuses."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._admin = AdminClient(_configuration(cluster))

    async def known(self) -> set[str]:
        """Who may log in."""
        asked: Any = self._admin.describe_user_scram_credentials()
        return set(await self._answered(asked))

    async def let_in(self, passwords: Mapping[str, str]) -> None:
        """Let each of these users log in with a password; an older one is of no use then."""
        info = ScramCredentialInfo(_MECHANISM, _ITERATIONS)
        await self._credentials(
            [UserScramCredentialUpsertion(user, info, password.encode()) for user, password in passwords.items()]
        )

    async def shut_out(self, users: Collection[str]) -> None:
        """Take all rights of these users away, which ends what is connected, too, and then the passwords."""
        for user in users:
            await self.allow(user, ())
        there = (await self.known()).intersection(users)
        await self._credentials([UserScramCredentialDeletion(user, _MECHANISM) for user in there])

    async def allow(self, user: str, rights: Iterable[Right]) -> None:
        """Let a user do this and nothing else."""
        wanted, there = set(_rules(user, rights)), set(await self._rules_of(user))
        if missing := wanted - there:
            await self._all(self._admin.create_acls(list(missing), request_timeout=_TIMEOUT_S))
        if surplus := there - wanted:
            await self._all(self._admin.delete_acls([_only(rule) for rule in surplus], request_timeout=_TIMEOUT_S))

    async def rights_of(self, user: str) -> set[Right]:
        """What a user may do, one operation each."""
        return {
            Right(
                "topic" if rule.restype == ResourceType.TOPIC else "group",
                rule.name,
                (AclOperation(rule.operation).name,),
                is_prefix=rule.resource_pattern_type == ResourcePatternType.PREFIXED,
            )
            for rule in await self._rules_of(user)
        }

    async def _rules_of(self, user: str) -> list[AclBinding]:
        everything = AclBindingFilter(
            ResourceType.ANY,
            None,  # type: ignore[arg-type] # which means any name
            ResourcePatternType.ANY,
            f"User:{user}",
            None,  # type: ignore[arg-type] # and any host
            AclOperation.ANY,
            AclPermissionType.ANY,
        )
        found: list[AclBinding] = await self._answered(self._admin.describe_acls(everything))
        return found

    async def _credentials(
        self, alterations: Sequence[UserScramCredentialUpsertion | UserScramCredentialDeletion]
    ) -> None:
        if alterations:
            await self._all(self._admin.alter_user_scram_credentials([*alterations], request_timeout=_TIMEOUT_S))

    async def _all(self, futures: Mapping[Any, Future[Any]]) -> None:
        for future in futures.values():
            await self._answered(future)

    async def _answered(self, future: Future[Any]) -> Any:
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), _TIMEOUT_S)
        except (KafkaException, TimeoutError) as error:
            raise Unmet(
                f"Kafka's users at {self._cluster.bootstrap} cannot be changed: {_reason(error)}.",
                "Do it again when that is mended.",
            ) from None


async def ensure_services(cluster: Cluster, passwords: Mapping[str, str]) -> None:
    """See that each service may log in and do what it does, and nothing else."""
    users = Users(cluster)
    await users.let_in({service.app: passwords[service.app] for service in SERVICES})
    for service in SERVICES:
        await users.allow(service.app, rights_of_service(service))


async def check_client_names(cluster: Cluster, clients: Collection[str]) -> None:
    """See that nobody's name begins as one of these clients': groups go by how they begin, and each has its own.

    Raises:
        Unmet: somebody's does.
    """
    known = await Users(cluster).known()
    for client in clients:
        for other in known.union(clients) - {client}:
            if other.startswith(client) or client.startswith(other):
                raise Unmet(
                    f"The names {client} and {other} begin alike, and Kafka's groups go by that.", "Choose another."
                )


async def ensure_clients(cluster: Cluster, urns_of: Mapping[str, Iterable[str]], secrets: Mapping[str, str]) -> None:
    """See that clients of schools may speak for these URNs each, and no others.

    Args:
        secrets: new passwords; who has none here keeps the one that it has.

    Raises:
        Unmet: Kafka does not know one yet.
    """
    users = Users(cluster)
    await users.let_in(secrets)
    if strangers := sorted(urns_of.keys() - secrets.keys() - await users.known()):
        raise Unmet(f"Kafka does not know the client {', '.join(strangers)}.", "Admit it with --new-secret.")
    await set_quotas(cluster, urns_of.keys(), CLIENT_QUOTAS)
    for client, urns in urns_of.items():
        await users.allow(client, rights_of_client(client, urns))


async def remove_clients(cluster: Cluster, clients: Collection[str]) -> None:
    """Take away what clients may do; what they have connected is refused from then on."""
    await Users(cluster).shut_out(clients)
    await set_quotas(cluster, clients, dict.fromkeys(CLIENT_QUOTAS))


def _rules(user: str, rights: Iterable[Right]) -> list[AclBinding]:
    return [
        AclBinding(
            _KINDS[right.kind],
            right.name,
            ResourcePatternType.PREFIXED if right.is_prefix else ResourcePatternType.LITERAL,
            f"User:{user}",
            "*",
            AclOperation[operation],
            AclPermissionType.ALLOW,
        )
        for right in rights
        for operation in right.operations
    ]


def _only(rule: AclBinding) -> AclBindingFilter:
    return AclBindingFilter(
        rule.restype,
        rule.name,
        rule.resource_pattern_type,
        rule.principal,
        rule.host,
        rule.operation,
        rule.permission_type,
    )


def _configuration(cluster: Cluster) -> dict[str, str | int | float | bool]:
    """The cluster, as confluent-kafka is told of it."""
    configuration: dict[str, str | int | float | bool] = {"bootstrap.servers": cluster.bootstrap, "log_level": 0}
    if cluster.login is None:
        return configuration
    return {
        **configuration,
        "security.protocol": "SASL_SSL",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": cluster.login.user,
        "sasl.password": cluster.login.password,
        **({"ssl.ca.location": str(cluster.login.ca_file)} if cluster.login.ca_file else {}),
    }


def _reason(error: KafkaException | TimeoutError) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {_TIMEOUT_S} seconds"
    first = error.args[0]
    return first.str() if isinstance(first, KafkaError) else str(first)
