"""Which programmes there are, for those who look for one."""

from shared import consumer, migrations

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create the view, and listen once more from the beginning to what it is made of."""
    migrations.execute(
        f"""
        create table programme (
            programme_id uuid   primary key,
            trustuid     text   not null,
            roles        text[] not null,
            says         text   not null    -- its title and outcomes, in small letters
        );
        create index programme_of on programme (trustuid);
        grant select, insert, delete on programme to "{migrations.app_role()}";
        """
        + consumer.from_the_beginning("views", "cpd")
    )
