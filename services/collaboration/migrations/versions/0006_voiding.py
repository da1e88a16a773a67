"""What was voided is gone from the views: they are made again from what was heard, which is kept from now on."""

from shared import consumer, intake, migrations, reactions

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create what is kept, and listen once more from the beginning, so that it is all there."""
    app = migrations.app_role()
    migrations.execute(intake.heard_schema(app))
    migrations.execute(reactions.effects_index())
    migrations.execute(f'grant delete on cycle, focus_area, asked to "{app}";')
    migrations.execute(consumer.from_the_beginning("views", "talent"))
    migrations.execute(consumer.from_the_beginning("views", "collaboration"))
