"""The ledger's index of ids goes: nothing asks by id, and each event paid for it."""

from shared import migrations

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Drop it."""
    migrations.execute("drop index if exists ledger_id")
