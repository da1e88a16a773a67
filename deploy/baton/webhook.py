"""`baton webhook`: where schools want to be told over HTTP what is for them, and how that goes."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from deploy.baton.options import urns
from deploy.baton.output import Json, run, show

_TEST_S = 30.0

Urn = Annotated[str, typer.Argument(callback=urns, help="The school's URN.")]
Url = Annotated[str, typer.Argument(help="Where its system takes a POST for each event.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(name="webhook", help="Schools that are told over HTTP.", no_args_is_help=True)
    group.command()(add)
    group.command("list")(list_)
    group.command("test")(try_out)
    group.command()(remove)
    app.add_typer(group)


def add(urn: Urn, url: Url, *, as_json: Json = False) -> None:
    """Tell a school at a URL what is for it from now on, and first what is open; again, if its receiver was gone."""
    show({"urn": urn, "url": run(_add(urn, url))}, f"{urn} is told at {url}.", as_json=as_json)


def list_(*, as_json: Json = False) -> None:
    """Every webhook: what waits for it, what was given up within 30 days, and what was wrong last."""
    found = run(_all())
    lines = [
        f"{one['urn']}  {one['url']}  {one['waiting']} waiting, {one['given_up']} given up"
        + ("  gone" if one["gone_at"] else "")
        + (f"  ({one['problem']})" if one["problem"] else "")
        for one in found
    ]
    show(found, "\n".join(lines) or "No school is told over HTTP.", as_json=as_json)


def try_out(urn: Urn, *, as_json: Json = False) -> None:
    """Post something that means nothing to each webhook of a school, and say what came of it."""
    from deploy.errors import Unmet

    answers = run(_test(urn))
    for one in answers:
        show(one, f"{one['url']}: {one['answer']}", as_json=as_json)
    if any(one["answer"] != "taken" for one in answers):
        raise Unmet("Not every webhook took it.")


def remove(urn: Urn, url: Url, *, as_json: Json = False) -> None:
    """Tell a school nothing more at a URL; what waits for it is dropped."""
    run(_remove(urn, url))
    show({"urn": urn, "url": url}, f"{urn} is told nothing more at {url}.", as_json=as_json)


async def _add(urn: str, url: str) -> str:
    from uuid_utils.compat import uuid7

    from deploy.databases import connected
    from deploy.errors import Unmet
    from deploy.settings import stack_settings
    from services.collaboration.telling.webhooks.addresses import Unfit, checked

    try:
        target = str(checked(url, loopback=stack_settings().environment == "development"))
    except Unfit as unfit:
        raise Unmet(f"Nobody can be told at this URL: {unfit}.") from None
    async with connected("collaboration", as_="owner") as connection:
        if not await connection.fetchval("select exists (select from school where urn = $1)", urn):
            raise Unmet(f"Collaboration has not heard of a school {urn}.", "Has it joined the trust in the register?")
        await connection.execute(
            """insert into webhook (id, urn, url) values ($1, $2, $3) on conflict (urn, url) do update
               set gone_at = null, begun = webhook.begun and webhook.gone_at is null""",
            uuid7(),
            urn,
            target,
        )
    return target


async def _all() -> list[dict[str, Any]]:
    from deploy.databases import connected

    async with connected("collaboration") as connection:
        return [dict(row) for row in await connection.fetch(_list)]


async def _test(urn: str) -> list[dict[str, Any]]:
    """Ask the service, which has the key, and wait for what it says."""
    import asyncio

    from deploy.databases import connected
    from deploy.errors import Unmet

    async with connected("collaboration", as_="owner") as connection:
        asked = await connection.fetch(
            "update webhook set test_asked_at = clock_timestamp(), test_answer = null where urn = $1 returning id", urn
        )
        if not asked:
            raise Unmet(f"{urn} has no webhook.", "See `baton webhook list`.")
        try:
            async with asyncio.timeout(_TEST_S):
                while True:
                    rows = await connection.fetch(_answers, [row["id"] for row in asked])
                    if all(row["answer"] for row in rows):
                        return [dict(row) for row in rows]
                    await asyncio.sleep(0.2)
        except TimeoutError:
            raise Unmet(f"Nothing was posted within {_TEST_S:.0f} seconds.", "Is collaboration running?") from None


async def _remove(urn: str, url: str) -> None:
    from deploy.databases import connected
    from deploy.errors import Unmet

    async with connected("collaboration", as_="owner") as connection:
        if await connection.execute("delete from webhook where urn = $1 and url = $2", urn, url) == "DELETE 0":
            raise Unmet(f"{urn} is not told at this URL.", "See `baton webhook list`.")


_list = """
select w.urn, w.url, w.added_at, w.gone_at, count(d.*) filter (where d.given_up_at is null) as waiting,
       count(d.given_up_at) as given_up, min(d.due_at) filter (where d.given_up_at is null) as next_try_at,
       (array_agg(d.problem order by d.logindex) filter (where d.problem is not null))[1] as problem
from webhook w left join webhook_delivery d on d.webhook_id = w.id
group by w.id order by w.urn, w.url
"""
_answers = "select url, test_answer as answer from webhook where id = any($1) order by url"
