"""The machines that may speak for schools; and what was refused or waits is found newest first."""

from shared import migrations
from shared.identity import clients

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Create the table and the index."""
    migrations.execute(clients.schema(migrations.app_role()))
    migrations.execute("create index command_not_accepted on command (origin, answered_at) where outcome <> 'accepted'")
