"""An erasure takes the fingerprints of what a person's commands said."""

from shared import erasing, migrations

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Let the service do so."""
    migrations.execute(erasing.schema(migrations.app_role()))
