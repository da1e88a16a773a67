"""Which URN of a school goes on as which."""

from shared import consumer, intake, migrations

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Create the view, and listen once more from the beginning to what it is made of."""
    app = migrations.app_role()
    migrations.execute(intake.successions_schema(app))
    migrations.execute(f'revoke insert on pending from "{app}"')  # `append` alone puts events there, as the owner
    migrations.execute(consumer.from_the_beginning("views", "talent"))
