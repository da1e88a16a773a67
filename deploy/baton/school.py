"""`baton school admit`: the topics that a school's own systems write to and read from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from deploy.baton.options import trust_uid, urns
from deploy.baton.output import Json, progress, run, show


def register(app: typer.Typer) -> None:
    group = typer.Typer(name="school", help="Schools and their systems.", no_args_is_help=True)
    group.callback()(_root)
    group.command()(admit)
    app.add_typer(group)


def _root() -> None:
    """Schools and their systems."""


def admit(
    urn: Annotated[list[str] | None, typer.Argument(callback=urns, help="The schools' URNs.")] = None,
    *,
    trust: Annotated[
        str | None,
        typer.Option("--trust", callback=trust_uid, help="Only members of this trust; without URNs, all of them."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Create the schools' Kafka topics: ingest.<service>.<urn>, receipts.<urn> and to-school.<urn>.

    It makes no credentials yet: here Kafka lets everybody in, and a topic's name alone says which school it is.
    """
    from deploy.description import topics_of_school
    from deploy.settings import StackSettings
    from deploy.topics import ensure_topics

    if not urn and trust is None:
        raise typer.BadParameter("name schools by their URNs, or a trust with --trust")
    settings = StackSettings()
    with progress() as report:
        schools = run(_members(trust, urn or [])) if trust else list(dict.fromkeys(urn or []))
        report(f"Creating the topics of {len(schools)} schools")
        topics = [topic for school in schools for topic in topics_of_school(school)]
        created = run(ensure_topics(settings.cluster, topics))
    topics_made = f"{len(created)} topics were created, {len(topics) - len(created)} were there already"
    text = f"Admitted {', '.join(schools)}: {topics_made}."
    show({"schools": schools, "created": created}, text, as_json=as_json)


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
