"""Facts that something is to be done about."""

from shared import migrations, reactions

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create the table; Kafka holds the facts of the others from the beginning on."""
    migrations.execute(reactions.schema(migrations.app_role()))
