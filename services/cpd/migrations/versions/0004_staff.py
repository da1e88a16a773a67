"""Who is who and who works where, as it is heard from the register; and all of it that was heard before."""

from shared import consumer, intake, migrations

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the view, and listen to the register once more from its beginning."""
    migrations.execute(intake.staff_schema(migrations.app_role()))
    migrations.execute(consumer.from_the_beginning("views", "talent"))
