"""Facts that something is to be done about; and those that were heard before."""

from shared import consumer, migrations, reactions

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the table, and listen once more from the beginning where something is done about what was heard."""
    migrations.execute(reactions.schema(migrations.app_role()))
    migrations.execute(consumer.from_the_beginning("views", "talent"))
