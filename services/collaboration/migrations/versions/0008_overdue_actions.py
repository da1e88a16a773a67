"""Which actions are open, and when each is due: what the clock asks about."""

from shared import consumer, migrations

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create the view, and listen once more from the beginning, so that the actions of the past are in it."""
    app = migrations.app_role()
    migrations.execute(f"""
        create table action_due (
            action_id uuid primary key,
            urn       text not null,
            trustuid  text not null,
            due_on    date not null,
            settled   boolean not null default false    -- closed, or overdue was recorded
        );
        create index action_due_open on action_due (due_on) where not settled;
        grant select, insert, update, delete on action_due to "{app}";
    """)
    migrations.execute(consumer.from_the_beginning("views", "collaboration"))
