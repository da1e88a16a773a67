"""What became of what somebody sent is found newest first."""

from shared import migrations

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Create the index."""
    migrations.execute("create index command_answered on command (origin, outcome, answered_at)")
