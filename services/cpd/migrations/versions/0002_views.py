"""What this service keeps of the events that it hears: its view of which school belongs to which trust."""

from shared import consumer, migrations

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the inbox and the view."""
    app = migrations.app_role()
    migrations.execute(consumer.schema(app))
    migrations.execute(f"""
        create table school (
            trustuid    text not null,
            urn         text not null,
            joined_on   date not null,
            recorded_at timestamptz not null,  -- when this joining was recorded
            left_on     date,                  -- the first day outside
            primary key (trustuid, urn)
        );
        create index school_by_urn on school (urn);
        grant select, insert, update on school to "{app}";
    """)
