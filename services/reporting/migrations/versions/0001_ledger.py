"""The inbox, the ledger, and which schemas hold the read models."""

from services.reporting import ledger
from shared import consumer, migrations

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the inbox's and the ledger's tables."""
    migrations.execute(consumer.schema(migrations.app_role()))
    migrations.execute(ledger.schema(migrations.app_role()))
