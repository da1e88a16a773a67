"""What is kept to know which schools are National Support Schools: who leads, and when their headships change."""

from shared import migrations

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the view."""
    migrations.execute(f"""
        create table national_leader (
            person_id uuid primary key,
            trustuid  text not null
        );
        create table headship_change (
            event_id  uuid primary key,               -- the event that says so
            person_id uuid not null,
            on_day    date not null,                  -- the first day that is another
            seen      boolean not null default false  -- their schools were looked at since
        );
        create index headship_change_unseen on headship_change (person_id, on_day) where not seen;
        grant select, insert, update on national_leader, headship_change to "{migrations.app_role()}";
    """)
