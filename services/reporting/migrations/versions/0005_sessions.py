"""Who is signed in to the pages."""

from services.reporting.signing_in import sessions
from shared import migrations

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the table."""
    migrations.execute(sessions.schema(migrations.app_role()))
