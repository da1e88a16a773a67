"""What this service keeps of the events that it hears: which trust each school belongs to, and what it is asked."""

from shared import consumer, intake, migrations

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the inbox and the views."""
    app = migrations.app_role()
    migrations.execute(consumer.schema(app))
    migrations.execute(intake.origins_schema(app))
    migrations.execute(f"""
        create table cycle (
            trustuid  text not null,
            cycle     text not null,
            starts_on date not null,
            ends_on   date not null,
            primary key (trustuid, cycle)
        );
        create table focus_area (
            focus_id uuid primary key,
            title    text not null,
            question text not null
        );
        create table asked (
            item_id  uuid not null,
            urn      text not null,
            trustuid text not null,
            cycle    text not null,
            focus_id uuid not null,
            due_by   timestamptz not null,
            settled  boolean not null default false,    -- answered, or overdue was recorded
            primary key (item_id, urn)
        );
        create index asked_open on asked (due_by) where not settled;
        create index asked_by_school on asked (trustuid, urn, cycle);
        grant select, insert, update on cycle, focus_area, asked to "{app}";
    """)
