"""`baton retention`: whose data was kept long enough, and erasing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID, uuid5

import typer

from deploy.baton.options import LeadersToken, trust_uid
from deploy.baton.output import Json, Yes, confirm, example, progress, run, show
from deploy.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Mapping

Trust = Annotated[str, typer.Option("--trust", callback=trust_uid, help="The trust, by its UID.")]

_COUNTED = {
    "due": "are due: no rule keeps what is held about them any more",
    "held": "would be due, and a legal hold keeps them",
    "kept": "have left, and a rule keeps them",
    "engaged": "work or serve here",
    "no_rule": "are in the register and were never engaged: no rule says for how long; decide about each",
    "erased": "were erased",
}


_TO_CONFIRM = "Somebody of the trust has to confirm each rule, in today's edition of its source, before it is applied."


def register(app: typer.Typer) -> None:
    group = typer.Typer(name="retention", help="How long people's data is kept.", no_args_is_help=True)
    group.command(epilog=example("retention report --trust 99001"))(report)
    group.command(epilog=example("retention apply --trust 99001"))(apply)
    app.add_typer(group)


def report(*, trust: Trust, token: LeadersToken = None, as_json: Json = False) -> None:
    """Say whose data no retention rule keeps any more, by their ids, and how many others there are. Nothing is done."""
    found = run(_found(trust, token))
    show(found, _text(found), as_json=as_json)


def apply(*, trust: Trust, token: LeadersToken = None, yes: Yes = False, as_json: Json = False) -> None:
    """Decide the erasure of everybody who is due. It cannot be undone: it asks first.

    It may be interrupted and run again at any time, and every night by a timer, with --yes.
    """
    found = run(_found(trust, token))
    due = [UUID(one["person_id"]) for one in found["due"]]
    if due:
        question = (
            f"Has the trust confirmed its retention rules, and is what is held about {len(due)} people of the trust"
        )
        confirm(f"{question} {trust} to be erased, for ever?", yes=yes)
    with progress() as told:
        became = run(_apply(trust, token, due, found["on"], told))
    erased = sorted(person_id for person_id, because in became.items() if because is None)
    kept = {person_id: because for person_id, because in became.items() if because is not None}
    text = f"{len(due)} people were due: the erasure of {len(erased)} is decided, {len(kept)} stay."
    lines = [f"  {person_id} stays: {because}" for person_id, because in kept.items()]
    show({"on": found["on"], "erased": erased, "kept": kept}, "\n".join([text, *lines]), as_json=as_json)


async def _found(trust: str, token: str | None) -> dict[str, Any]:
    from deploy.errors import Unmet
    from deploy.person.asking import talent

    async with talent(trust, token) as door:
        found = await door.tells("/retention")
    if found["trustuid"] != trust:
        raise Unmet(f"The token is one of the trust {found['trustuid']}, not of {trust}.")
    return found


def _text(found: Mapping[str, Any]) -> str:
    lines = [f"{count:6,} {_COUNTED[name]}" for name, count in found["counts"].items()]
    due = [f"  {one['person_id']}  kept until {one['kept_until']}  {', '.join(one['kinds'])}" for one in found["due"]]
    rules = [f"  {kind}: {rule['years']} years. {rule['source']}" for kind, rule in found["periods"].items()]
    done = "Nothing was done. `baton retention apply` decides the erasure of those who are due."
    return "\n".join(
        [f"People, on {found['on']}:", *lines, *(["Due:", *due] if due else []), "Rules:", *rules, _TO_CONFIRM, done]
    )


async def _apply(trust: str, token: str | None, due: list[UUID], on: str, told: Progress) -> dict[UUID, str | None]:
    """Why each of those who were due stays after all; None: their erasure is decided."""
    from deploy.entries import entries_of
    from deploy.person import post
    from deploy.person.asking import talent

    became = {}
    async with talent(trust, token) as door:
        for number, person_id in enumerate(due, start=1):
            told(f"{number} of {len(due)} people")
            # One decision a person and day: what was refused on one is asked again on another.
            erasure_id = uuid5(person_id, f"retention over, {on}")
            await post.note(entries := await entries_of(person_id))
            became[person_id] = (await door.erase(person_id, erasure_id, "retention_over", on)).get("because")
            if became[person_id] is not None:
                await post.forget(entries)
    return became
