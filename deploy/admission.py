"""Letting schools' systems in, and out again: their topics, their row in each writer, their user of Kafka."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from deploy.clients import Client, admit_client, clients, revoke_client
from deploy.description import SERVICES, SUPERUSER, topics_of_school
from deploy.errors import Unmet
from deploy.kafka_users import check_client_name, ensure_client, remove_client
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


async def admit(cluster: Cluster, client: str, urns: Sequence[str], *, new_secret: bool) -> Admitted:
    """Let a client in for these schools, beside those that it is in for; done again, it makes whole what was not.

    Raises:
        Unmet: its name will not do, or something cannot be reached.
    """
    if client == SUPERUSER:
        raise Unmet(f"{client} is the operator's own name.", "Choose another for the client.")
    if service := next((one.name for one in SERVICES if f"{client}-".startswith(f"{one.name}-")), None):
        raise Unmet(f"{client} begins as the groups of the service {service} do.", "Choose another for the client.")
    if cluster.login is not None:
        await check_client_name(cluster, client)
    row, secret = await admit_client(client, urns, new_secret=new_secret)
    if cluster.login is not None:
        await ensure_client(cluster, client, row.urns, secret)
    return Admitted(client, row.urns, secret)


async def revoke(cluster: Cluster, client: str, urns: Sequence[str] = ()) -> Client:
    """Let a client in no more for these schools, or for none; the client as it is now.

    Raises:
        Unmet: it is not admitted so, or something cannot be reached.
    """
    row = await revoke_client(client, urns)
    if cluster.login is not None:
        if row.revoked_at is None:
            await ensure_client(cluster, client, row.urns, None)
        else:
            await remove_client(cluster, client)
    return row


async def still_in(urns: Sequence[str]) -> list[str]:
    """The clients that may speak for one of these schools."""
    return [one.client_id for one in await clients() if one.revoked_at is None and set(one.urns) & set(urns)]
