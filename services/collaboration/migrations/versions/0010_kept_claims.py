"""What was refused, as it came."""

from shared import intake, migrations

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Create the table."""
    migrations.execute(intake.kept_schema(migrations.app_role()))
