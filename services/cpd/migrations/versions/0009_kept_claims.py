"""What was refused, as it came."""

from shared import intake, migrations

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Create the table."""
    migrations.execute(intake.kept_schema(migrations.app_role()))
