"""The Merkle tree over the log, and its checkpoints."""

from shared import migrations, sealing

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Create the tables; the sealing fills them from the first event on."""
    migrations.execute(sealing.schema(migrations.app_role()))
