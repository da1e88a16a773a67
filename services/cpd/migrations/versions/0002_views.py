"""What this service keeps of the events that it hears: which trust each school belongs to."""

from shared import consumer, intake, migrations

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the inbox and the view."""
    migrations.execute(consumer.schema(migrations.app_role()))
    migrations.execute(intake.origins_schema(migrations.app_role()))
