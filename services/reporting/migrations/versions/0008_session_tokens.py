"""Sessions that a provider vouches for."""

from services.reporting.signing_in import sessions
from shared import migrations

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add what they keep."""
    migrations.execute(sessions.schema_of_tokens(migrations.app_role()))
