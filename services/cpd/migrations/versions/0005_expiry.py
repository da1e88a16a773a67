"""When whose training ends, so that the clock knows what to ask about."""

from shared import migrations

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the view."""
    migrations.execute(f"""
        create table first_requirement (
            trustuid          text not null,
            training          text not null,
            effective_from    date not null,
            recurrence_months int,                      -- none: once is enough
            primary key (trustuid, training)
        );
        create table expiry (
            person_id    uuid not null,
            training     text not null,
            version      int  not null,                 -- of the completion, in its stream
            trustuid     text not null,
            completed_on date not null,
            expires_on   date,                          -- the last day; none: nobody has required it yet
            asked        boolean not null default false,
            primary key (person_id, training, version)
        );
        create index expiry_to_ask on expiry (expires_on) where not asked;
        create index expiry_undated on expiry (trustuid, training) where expires_on is null;
        grant select, insert, update on first_requirement, expiry to "{migrations.app_role()}";
    """)
