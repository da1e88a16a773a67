"""Which URN of a school goes on as which."""

from shared import consumer, intake, migrations

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Create the view, and listen once more from the beginning to what it is made of."""
    migrations.execute(intake.successions_schema(migrations.app_role()))
    migrations.execute(consumer.from_the_beginning("views", "talent"))
