"""What the writers' checkpoints say is kept here, too."""

from services.reporting import checkpoints
from shared import migrations

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Create the tables; the topic is heard from its beginning."""
    migrations.execute(checkpoints.schema(migrations.app_role()))
