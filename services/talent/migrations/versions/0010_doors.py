"""The machines that may speak for schools; and what became of what somebody sent is found newest first."""

from shared import migrations
from shared.identity import clients

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Create the table and the index."""
    migrations.execute(clients.schema(migrations.app_role()))
    migrations.execute("create index command_answered on command (origin, outcome, answered_at)")
