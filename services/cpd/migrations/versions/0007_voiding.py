"""What was voided is gone from the views: they are made again from what was heard, which is kept from now on."""

from shared import consumer, intake, migrations, reactions

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create what is kept, and listen once more from the beginning, so that it is all there."""
    app = migrations.app_role()
    migrations.execute(intake.heard_schema(app))
    migrations.execute(reactions.effects_index())
    migrations.execute(f"""
        truncate expiry, first_requirement;
        alter table expiry add column undated boolean not null;    -- the first requirement gives its last day
        grant delete on expiry, first_requirement to "{app}";
    """)
    migrations.execute(consumer.from_the_beginning("views", "talent"))
    migrations.execute(consumer.from_the_beginning("views", "cpd"))
