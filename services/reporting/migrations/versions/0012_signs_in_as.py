"""By which names somebody signs in who is to be erased."""

from services.reporting.erasing import erasures
from shared import migrations

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Create the table."""
    migrations.execute(erasures.schema_of_names(migrations.app_role()))
