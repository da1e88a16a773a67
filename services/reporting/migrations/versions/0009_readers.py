"""Pages are read as roles that see whose rows they are told, of the ledger and of receipts as of read models."""

from services.reporting.seeing import policies
from shared import migrations

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the readers and their policies."""
    migrations.execute(policies.schema(migrations.app_role()))
