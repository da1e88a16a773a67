"""Receipts of what was exported or printed; and what is parked is found in the ledger without looking at the rest."""

from services.reporting import receipts
from shared import migrations

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the table and the index."""
    migrations.execute(receipts.schema(migrations.app_role()))
    migrations.execute("create index if not exists ledger_parked on ledger (service, logindex) where parked")
