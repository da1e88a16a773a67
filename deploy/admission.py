"""Letting schools' systems in, and out again: their topics, their row in each writer, their user of Kafka."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from deploy.clients import Client, admit_clients, clients, revoke_clients
from deploy.description import SERVICES, SUPERUSER, topics_of_school
from deploy.errors import Unmet
from deploy.kafka_users import check_client_names, ensure_clients, remove_clients
from deploy.topics import ensure_topics
from shared.messaging import Cluster


@dataclass(frozen=True, slots=True)
class Admitted:
    """A client that was let in.

    Attributes:
        urns: all that it may speak for now.
        secret: if it has a new one: nobody can be told it again.
    """

    client: str
    urns: tuple[str, ...]
    secret: str | None = field(repr=False)


async def make_topics(cluster: Cluster, urns: Sequence[str]) -> list[str]:
    """See that the schools' topics are there; which were not."""
    return await ensure_topics(cluster, [topic for urn in urns for topic in topics_of_school(urn)])


async def admit(cluster: Cluster, urns_of: Mapping[str, Sequence[str]], *, new_secret: bool) -> list[Admitted]:
    """Let clients in for their schools, beside those that they are in for; done again, it makes whole what was not.

    Raises:
        Unmet: a name will not do, or something cannot be reached.
    """
    for client in urns_of:
        _check_name(client)
    if cluster.login is not None:
        await check_client_names(cluster, urns_of.keys())
    admitted = await admit_clients(urns_of, new_secret=new_secret)
    if cluster.login is not None:
        new = {row.client_id: secret for row, secret in admitted if secret is not None}
        await ensure_clients(cluster, {row.client_id: row.urns for row, _ in admitted}, new)
    return [Admitted(row.client_id, row.urns, secret) for row, secret in admitted]


def _check_name(client: str) -> None:
    """See that it is nobody's of the platform itself."""
    if client == SUPERUSER:
        raise Unmet(f"{client} is the operator's own name.", "Choose another for the client.")
    if service := next((one.name for one in SERVICES if f"{client}-".startswith(f"{one.name}-")), None):
        raise Unmet(f"{client} begins as the groups of the service {service} do.", "Choose another for the client.")


async def revoke(cluster: Cluster, urns_of: Mapping[str, Sequence[str]]) -> list[Client]:
    """Let clients in no more for these schools, or for none; the clients as they are now.

    Raises:
        Unmet: one is not admitted so, or something cannot be reached.
    """
    rows = await revoke_clients(urns_of)
    gone = [row.client_id for row in rows if row.revoked_at is not None]
    still = {row.client_id: row.urns for row in rows if row.revoked_at is None}
    if cluster.login is not None and gone:
        await remove_clients(cluster, gone)
    if cluster.login is not None and still:
        await ensure_clients(cluster, still, {})
    return rows


async def still_in(urns: Sequence[str]) -> list[str]:
    """The clients that may speak for one of these schools."""
    return [one.client_id for one in await clients() if one.revoked_at is None and set(one.urns) & set(urns)]
