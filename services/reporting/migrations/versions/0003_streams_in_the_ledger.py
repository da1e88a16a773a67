"""A stream is found in the ledger: where something of it is voided, its rows are made again from the rest."""

from shared import migrations

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the index."""
    migrations.execute("create index if not exists ledger_stream on ledger using hash (stream)")
