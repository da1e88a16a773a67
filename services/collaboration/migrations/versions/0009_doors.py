"""What became of what somebody sent is found newest first."""

from shared import migrations

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Create the index."""
    migrations.execute("create index command_answered on command (origin, outcome, answered_at)")
