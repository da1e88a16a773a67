"""`append` reads and writes one statement a table and batch."""

from shared import eventstore, migrations

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Put the function in the place of the older one."""
    migrations.execute(eventstore.append_function(migrations.app_role()))
