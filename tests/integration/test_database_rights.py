"""What each service's role may do in Postgres, whole: the fewest rights that its work needs.

Nobody changes or deletes an event, makes a table among the migrated ones, or enters another service's database. A table
that is new stands here with what its service does with it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import asyncpg
import pytest

from deploy import migrate
from deploy.description import APP_ROLES, SERVICES, VAULT, VAULT_OWNER, WRITERS, DatabaseDescription
from deploy.provision import ensure_database
from shared import migrations
from shared.vault import Vault
from tests.stack import Stack, unique

Rights = dict[str, str]

OF_EVERY_WRITER: Rights = {
    # History is read; `append` adds to it, as its owner. The leader numbers and publishes.
    "event": "select",
    "stream": "select",
    "command": "select",
    "command.fingerprint": "update",  # nulled by an erasure
    "log": "insert select",
    "pending": "delete select",
    "receipt_pending": "delete insert select",
    "lease": "select update",
    # And seals: what was sealed stays as it is, and is published.
    "merkle_node": "insert select",
    "checkpoint": "insert select",
    "checkpoint.published": "update",
    # The doors.
    "client": "select",
    "parked_claim": "delete insert select",
    "kept_claim": "delete insert select",
    # What is heard of others: views are made anew where something was voided.
    "offsets": "insert select update",
    "stream_head": "insert select update",
    "parked": "insert select update",
    "heard_event": "insert select",
    "school": "delete insert select update",
    "succession": "delete insert select update",
    "fact_due": "delete insert select update",
    "alembic_version": "select",
}
OF_WHO_HEARS_OF_STAFF: Rights = {
    "person": "delete insert select update",
    "staff_reference": "delete insert select update",
    "engagement": "delete insert select update",
}
EXPECTED: Mapping[str, Rights] = {
    "talent": {
        **OF_EVERY_WRITER,
        "engagement": "delete insert select update",
        "leader_record": "delete insert select update",
        "national_leader": "insert select update",
        "headship_change": "insert select update",
    },
    "cpd": {
        **OF_EVERY_WRITER,
        **OF_WHO_HEARS_OF_STAFF,
        "expiry": "delete insert select update",
        "first_requirement": "delete insert select update",
        "programme": "delete insert select",
    },
    "collaboration": {
        **OF_EVERY_WRITER,
        **OF_WHO_HEARS_OF_STAFF,
        "cycle": "delete insert select update",
        "focus_area": "delete insert select update",
        "asked": "delete insert select update",
        "line_manager": "delete insert select",
        "action_due": "delete insert select update",
        # What schools are told; operators say which webhooks there are.
        "telling": "select",
        "telling.next": "update",
        "told_school": "delete insert select",
        "webhook": "select",
        "webhook.begun": "update",
        "webhook.gone_at": "update",
        "webhook.test_answer": "update",
        "webhook_delivery": "delete insert select update",
    },
    "reporting": {
        "ledger": "insert select",
        "ledger.about": "update",
        "ledger.parked": "update",
        "ledger.visible_at": "update",
        "position": "insert select update",
        "live": "insert select update",
        "retired": "delete insert select update",
        "scratch": "delete insert select update",
        "offsets": "insert select update",
        "stream_head": "insert select update",
        "parked": "insert select update",
        "checkpoint": "insert select",
        "checkpoint_refused": "insert select",
        "erasure_applied": "insert select update",
        "receipt": "insert select",
        "session": "delete insert select update",
        "signs_in_as": "delete insert select",
        "subscription": "delete insert select update",
        "letter": "delete insert select update",
        "alembic_version": "select",
    },
}
IN_THE_VAULT: Mapping[str, Rights] = {
    **{writer.name: {"subject_key": "insert select", "service_key": "insert select"} for writer in WRITERS},
    "reporting": {"subject_key": "select", "service_key": "insert select"},
}
MAKES_ITS_READ_MODELS = "reporting"
READERS: Mapping[str, Rights] = {
    # Reporting becomes one of these while it reads for somebody, and sees only their rows.
    f"reporting_{whose}_reader": {
        "live": "select",
        "position": "select",
        "receipt": "select",
        "scratch": "select",
        f"{space}/ledger": "select",
    }
    for whose, space in (("trust", "of_trust"), ("school", "of_schools"))
}
OF_THE_TRUST_ALONE = {"reporting_trust_reader": {"erasure_applied": "select"}}
each_service = pytest.mark.parametrize("service", [service.name for service in SERVICES])


@pytest.fixture(scope="module")
async def databases(stack: Stack, roles: Mapping[str, str]) -> AsyncIterator[dict[str, str]]:
    """Each service's database and the vault, migrated; by what they are for, the superuser's DSNs are told."""
    described = {
        service.name: DatabaseDescription(name=unique(service.name), owner=service.owner, apps=(service.app,))
        for service in SERVICES
    }
    described[VAULT] = DatabaseDescription(name=unique(VAULT), owner=VAULT_OWNER, apps=APP_ROLES)
    for name, database in described.items():
        await ensure_database(stack.postgres_dsn, database)
        app = None if name == VAULT else database.apps[0]
        await migrations.upgrade(migrate.versions_of(name), stack.dsn(database.owner, database.name), app)
    yield {name: database.name for name, database in described.items()}
    admin = await asyncpg.connect(stack.postgres_dsn, timeout=10)
    for database in described.values():
        await admin.execute(f'drop database "{database.name}" with (force)')
    await admin.close()


async def rights(stack: Stack, database: str, role: str, *, of: str | None = None) -> Rights:
    """What a role may do with tables, views, sequences and single columns: by a grant to it, or to everybody."""
    connection = await asyncpg.connect(stack.dsn(role, database), timeout=10)
    try:
        rows = await connection.fetch(_granted, of or role)
    finally:
        await connection.close()
    return {row["thing"]: row["rights"] for row in rows}


@each_service
async def test_a_role_may_do_what_its_service_does(stack: Stack, databases: dict[str, str], service: str) -> None:
    assert await rights(stack, databases[service], f"{service}_app") == EXPECTED[service]
    assert await rights(stack, databases[VAULT], f"{service}_app") == IN_THE_VAULT[service]


async def test_who_reads_for_people_only_reads(stack: Stack, databases: dict[str, str]) -> None:
    for reader, found in READERS.items():
        assert await rights(
            stack, databases["reporting"], "reporting_app", of=reader
        ) == found | OF_THE_TRUST_ALONE.get(reader, {})


@each_service
async def test_a_role_enters_no_other_database_and_makes_no_table(
    stack: Stack, databases: dict[str, str], service: str
) -> None:
    role = f"{service}_app"
    for name, database in databases.items():
        if name not in (service, VAULT):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await asyncpg.connect(stack.dsn(role, database), timeout=10)
    for database in (databases[service], databases[VAULT]):
        connection = await asyncpg.connect(stack.dsn(role, database), timeout=10)
        found = await connection.fetchrow(_may_make, role)
        await connection.close()
        assert found is not None
        models = service == MAKES_ITS_READ_MODELS and database == databases[service]
        becomes = sorted(READERS) if service == "reporting" else []
        assert dict(found) == {"tables": False, "temporary": False, "schemas": models, "roles": becomes, "owned": 0}


@each_service
async def test_everybody_may_call_nothing_that_writes(stack: Stack, databases: dict[str, str], service: str) -> None:
    connection = await asyncpg.connect(stack.dsn(f"{service}_app", databases[service]), timeout=10)
    found = await connection.fetch(_functions)
    await connection.close()

    assert [row["proname"] for row in found] == (["append"] if service != "reporting" else [])


async def test_a_service_reaches_its_own_keys_in_the_vault_and_no_others(
    stack: Stack, databases: dict[str, str]
) -> None:
    names: dict[str, set[str]] = {}
    for service in SERVICES:
        async with asyncpg.create_pool(stack.dsn(service.app, databases[VAULT]), min_size=1, max_size=1) as pool:
            vault = Vault(service.name, pool, bytes(32))
            await vault.start()
            await vault.signing_key("checkpoints")
            names[service.name] = {row["name"] for row in await pool.fetch("select name from service_key")}
            for other in ("reporting" if service.is_writer else "talent", "x"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await pool.execute("insert into service_key values ($1, '')", f"signing-checkpoints-{other}")

    for name, found in names.items():
        own = {f"{key}-{name}" for key in ("fingerprint", "raw", "signing-checkpoints")}
        assert found == own | {"master-key-proof"}
    owner = await asyncpg.connect(stack.dsn(VAULT_OWNER, databases[VAULT]), timeout=10)
    assert len(await owner.fetch("select from service_key")) == 13
    await owner.close()


_granted = """
with relation as (
    select c.oid, c.relacl, case nspname when 'public' then '' else nspname || '/' end || c.relname as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where nspname !~ '^pg_' and nspname <> 'information_schema' and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
), thing as (
    select name, relacl as acl from relation
    union all
    select name || '.' || attname, attacl from pg_attribute join relation on oid = attrelid where attacl is not null
)
select name as thing,
       string_agg(distinct lower(granted.privilege_type), ' ' order by lower(granted.privilege_type)) as rights
from thing, aclexplode(thing.acl) granted
where granted.grantee in (0, (select oid from pg_roles where rolname = $1)) group by name
"""
_may_make = """
select has_schema_privilege($1, 'public', 'create') as tables,
       has_database_privilege($1, current_database(), 'temporary') as temporary,
       has_database_privilege($1, current_database(), 'create') as schemas,
       array(select m.roleid::regrole::text from pg_auth_members m where m.member = $1::regrole order by 1) as roles,
       (select count(*)::int from pg_class where relowner = $1::regrole) as owned
"""
_functions = """
select p.proname from pg_proc p
where p.pronamespace = 'public'::regnamespace and p.prosecdef and has_function_privilege(p.oid, 'execute')
"""
