"""What each service has said of an erasure."""

from services.reporting.erasing import erasures
from shared import migrations

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Create the table."""
    migrations.execute(erasures.schema(migrations.app_role()))
