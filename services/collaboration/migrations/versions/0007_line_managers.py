"""Who leads whom from which day, as it is heard from the register; and all of it that was heard before."""

from shared import consumer, migrations

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create the view, and listen to the register once more from its beginning."""
    migrations.execute(
        f"""
        create table line_manager (
            person_id  uuid not null,
            version    int  not null,   -- in the person's stream: of one day the later assignment counts
            manager_id uuid not null,
            from_on    date not null,
            primary key (person_id, version)
        );
        grant select, insert, delete on line_manager to "{migrations.app_role()}";
        """
    )
    migrations.execute(consumer.from_the_beginning("views", "talent"))
