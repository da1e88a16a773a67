"""The service's history, and the claims that wait."""

from shared import eventstore, intake, migrations

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the event store's and the intake's tables."""
    migrations.execute(eventstore.schema(migrations.app_role()))
    migrations.execute(intake.schema(migrations.app_role()))
