"""What schools are told, over Kafka and by webhooks: how far each way has come, and what waits to be posted."""

from shared import migrations

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Create the tables. What happened before is not told: a school that is new is told what is open."""
    migrations.execute("""
        create table telling (
            way  text primary key,      -- kafka or webhooks
            next bigint not null        -- logindex of the next event to look at
        );
        insert into telling
        select way, (select coalesce(max(logindex) + 1, 0) from log) from (values ('kafka'), ('webhooks')) as w(way);

        -- The schools whose topic is there, and that were told what was open when it came to be.
        create table told_school (urn text primary key);

        -- Where a school wants to be told the same over HTTP.
        create table webhook (
            id            uuid primary key,
            urn           text not null,
            url           text not null,
            added_at      timestamptz not null default clock_timestamp(),
            begun         boolean not null default false,   -- what was open when it was added waits to be posted
            gone_at       timestamptz,                      -- since when its receiver says that it is gone
            test_asked_at timestamptz,
            test_answer   text,                             -- of the last test; null: not there yet
            unique (urn, url)
        );

        -- What a webhook has not taken yet. A row names an event and keeps nothing of it.
        create table webhook_delivery (
            webhook_id  uuid   not null references webhook on delete cascade,
            logindex    bigint not null,
            stream      text   not null,        -- of which later events wait until this one is settled
            queued_at   timestamptz not null default clock_timestamp(),
            due_at      timestamptz not null default clock_timestamp(),
            attempts    int    not null default 0,
            problem     text,                   -- of the last attempt, in our words
            given_up_at timestamptz,
            primary key (webhook_id, logindex)
        );
    """)
    app = migrations.app_role()
    migrations.execute(f"""
        grant select, update (next) on telling to "{app}";
        grant select, insert, delete on told_school to "{app}";
        grant select, update (begun, gone_at, test_answer) on webhook to "{app}";
        grant select, insert, update, delete on webhook_delivery to "{app}";
    """)
