"""`baton token`: a development token, for trying things out."""

from __future__ import annotations

from typing import Annotated

import typer

from deploy.baton.options import trust_uid, urns
from deploy.baton.output import Json, show

_OF_SCHOOLS = {"school_leader", "school_system"}


def register(app: typer.Typer) -> None:
    app.command()(token)


def token(
    *,
    role: Annotated[list[str], typer.Option("--role", help="A role to have; may be given more than once.")],
    trust: Annotated[str, typer.Option("--trust", callback=trust_uid, help="The trust's group UID.")],
    urn: Annotated[
        list[str] | None,
        typer.Option("--urn", callback=urns, help="A school to speak for; may be given more than once."),
    ] = None,
    subject: Annotated[str | None, typer.Option("--subject", help="Whom events will name as their actor.")] = None,
    hours: Annotated[int, typer.Option("--hours", min=1, max=24 * 365, help="How long it is valid.")] = 12,
    as_json: Json = False,
) -> None:
    """Print a token that this machine's stack accepts. In production there are none."""
    from datetime import timedelta
    from typing import get_args

    from deploy.settings import stack_settings
    from deploy.tokens import development_token
    from shared.identity import Principal, Role

    known: tuple[Role, ...] = get_args(Role)
    roles = frozenset(one for one in known if one in role)
    if unknown := [one for one in role if one not in known]:
        raise typer.BadParameter(f"{unknown[0]!r} is not one of {', '.join(known)}", param_hint="--role")
    if roles & _OF_SCHOOLS and not urn:
        raise typer.BadParameter("a school's role needs the school: add --urn", param_hint="--role")
    whose = "-".join([*sorted(roles), *(urn or [trust])])  # two schools' keys for commands must not be the same
    principal = Principal(subject or f"dev-{whose}", roles, trust, frozenset(urn or ()))
    made = development_token(stack_settings(), principal, lasts=timedelta(hours=hours))
    show({"token": made, "hours": hours}, made, as_json=as_json)
