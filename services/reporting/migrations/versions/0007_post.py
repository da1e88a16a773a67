"""Who gets post, and what was sent."""

from services.reporting.post import subscriptions
from shared import migrations

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create the tables."""
    migrations.execute(subscriptions.schema(migrations.app_role()))
