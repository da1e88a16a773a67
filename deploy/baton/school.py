"""`baton school`: schools' systems are let in, and out again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.baton.options import trust_uid, urns
from deploy.baton.output import Json, progress, run, show

if TYPE_CHECKING:
    from deploy.admission import Admitted
    from deploy.clients import Client
    from deploy.progress import Progress
    from shared.messaging import Cluster

Urns = Annotated[list[str] | None, typer.Argument(metavar="URN…", callback=urns, help="The schools' URNs.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(name="school", help="Schools and their systems.", no_args_is_help=True)
    group.command()(admit)
    group.command()(revoke)
    group.command("list")(list_clients)
    app.add_typer(group)


def admit(
    urn: Urns = None,
    *,
    trust: Annotated[
        str | None,
        typer.Option("--trust", callback=trust_uid, help="Only members of this trust; without URNs, all of them."),
    ] = None,
    client: Annotated[
        str | None, typer.Option("--client", help="One client for all of them, as a vendor's: harbour-mis.")
    ] = None,
    new_secret: Annotated[
        bool, typer.Option("--new-secret", help="Put a new secret in the place of an old one.")
    ] = False,
    to: Annotated[
        Path | None, typer.Option("--to", help="Write the secrets to this new file instead of stdout.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Let schools' systems in: their topics, and a client for each school, or one for all with --client.

    A client's secret opens every door: it is its API key (<client>.<secret>), its OAuth2 client secret and its password
    at Kafka. It is shown once. Admitting a client again adds schools to it and keeps its secret.
    """
    from deploy.description import topics_of_school
    from deploy.private_file import new_private_file
    from deploy.settings import stack_settings

    if not urn and trust is None:
        raise typer.BadParameter("name schools by their URNs, or a trust with --trust")
    cluster = stack_settings().cluster
    with nullcontext() if to is None else new_private_file(to) as file, progress() as report:
        schools, created, admitted = run(
            _admit(cluster, urn or [], trust=trust, client=client, new_secret=new_secret, report=report)
        )
        told = {
            "schools": schools,
            "created": created,
            "clients": [{"client": one.client, "urns": one.urns, "secret": one.secret} for one in admitted],
            "kafka": _way_in(cluster),
        }
        if file is not None:
            file.write(json.dumps(told, indent=2).encode() + b"\n")
            told["clients"] = [{"client": one.client, "urns": one.urns, "secret_in": str(to)} for one in admitted]
    there = sum(len(topics_of_school(school)) for school in schools) - len(created)
    topics_made = f"{len(created)} topics were created, {there} were there already"
    lines = [_line(one, to) for one in admitted]
    text = "\n".join([f"Admitted {', '.join(schools)}: {topics_made}.", *lines, _kafka_line(cluster)])
    show(told, text, as_json=as_json)


def revoke(
    urn: Urns = None,
    *,
    client: Annotated[
        str | None, typer.Option("--client", help="This client: for these schools alone, or without URNs altogether.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Let schools' systems in no more: over HTTP within a minute, and on Kafka within seconds, connected or not."""
    from deploy.settings import stack_settings

    if not urn and client is None:
        raise typer.BadParameter("name schools by their URNs, or a client with --client")
    with progress() as report:
        revoked, others = run(_revoke(stack_settings().cluster, urn or [], client=client, report=report))
    lines = [
        f"{one.client_id} is revoked." if one.revoked_at else f"{one.client_id} still speaks for {', '.join(one.urns)}."
        for one in revoked
    ]
    if others:
        lines.append(f"Other clients still speak for these schools: {', '.join(others)}.")
    told = [{"client": one.client_id, "urns": one.urns, "revoked_at": one.revoked_at} for one in revoked]
    show({"clients": told, "still_admitted": others}, "\n".join(lines), as_json=as_json)


def list_clients(*, as_json: Json = False) -> None:
    """Who was let in, for which schools."""
    from deploy.clients import clients

    found = run(clients())
    told = [
        {
            "client": one.client_id,
            "urns": one.urns,
            "admitted_at": one.admitted_at,
            "revoked_at": one.revoked_at,
            "everywhere": one.everywhere,
        }
        for one in found
    ]
    lines = [
        f"{one.client_id:<24}{'revoked' if one.revoked_at else 'admitted':<10}{', '.join(one.urns)}"
        + ("" if one.everywhere else "  (not in every writer: do again what was interrupted)")
        for one in found
    ]
    show({"clients": told}, "\n".join(lines) or "Nobody was let in yet.", as_json=as_json)


async def _admit(
    cluster: Cluster,
    wanted: Sequence[str],
    *,
    trust: str | None,
    client: str | None,
    new_secret: bool,
    report: Progress,
) -> tuple[list[str], list[str], list[Admitted]]:
    """The schools, the topics that were made for them, and the clients."""
    from deploy import admission
    from deploy.description import client_of_school

    schools = await _members(trust, wanted) if trust else list(dict.fromkeys(wanted))
    report(f"Creating the topics of {len(schools)} schools")
    created = await admission.make_topics(cluster, schools)
    report("Admitting their systems")
    of_client = {client: schools} if client else {client_of_school(school): [school] for school in schools}
    return schools, created, await admission.admit(cluster, of_client, new_secret=new_secret)


async def _revoke(
    cluster: Cluster, schools: Sequence[str], *, client: str | None, report: Progress
) -> tuple[list[Client], list[str]]:
    """The clients as they are now, and who else speaks for these schools."""
    from deploy import admission
    from deploy.description import client_of_school

    of_client = {client: schools} if client else {client_of_school(school): () for school in schools}
    report(f"Revoking {', '.join(of_client)}")
    return await admission.revoke(cluster, of_client), await admission.still_in(schools)


def _line(one: Admitted, to: Path | None) -> str:
    said = f"{one.client} speaks for {', '.join(one.urns)}"
    if one.secret is None:
        return f"{said}, with the secret that it has."
    return f"{said}; its secret is in {to}." if to else f"{said}; its secret, shown this once: {one.secret}"


def _kafka_line(cluster: Cluster) -> str:
    if cluster.login is None:
        return f"Kafka at {cluster.bootstrap} lets everybody in here."
    return f"Kafka at {cluster.bootstrap} takes them by SCRAM-SHA-512 over TLS; its CA: {cluster.login.ca_file}."


def _way_in(cluster: Cluster) -> dict[str, Any]:
    if cluster.login is None:
        return {"bootstrap": cluster.bootstrap, "security": "PLAINTEXT"}
    ca_file = cluster.login.ca_file and str(cluster.login.ca_file)
    return {"bootstrap": cluster.bootstrap, "security": "SASL_SSL", "mechanism": "SCRAM-SHA-512", "ca_file": ca_file}


async def _members(trust: str, wanted: Sequence[str]) -> list[str]:
    """The wanted members of a trust, or all of them.

    Raises:
        Unmet: when one is no member, or the trust has none.
    """
    from deploy.errors import Unmet
    from deploy.register.talent import talent_door

    async with talent_door() as talent:
        members = (await talent.members([trust])).get(trust, [])
    if strangers := [one for one in wanted if one not in members]:
        raise Unmet(f"{', '.join(strangers)}: not a member of the trust {trust} in the register.")
    if not members:
        raise Unmet(f"The trust {trust} has no members in the register.", "See `baton register import`.")
    return list(dict.fromkeys(wanted)) or members
