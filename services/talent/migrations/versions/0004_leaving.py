"""Who has an open leader record, and when each engagement ends: the records of those who have left are closed."""

from shared import migrations

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the views, and fill in what was heard of engagements before there were any."""
    app = migrations.app_role()
    migrations.execute(f"""
        create table engagement (
            person_id     uuid not null,
            engagement_id uuid not null,
            ended_on      date,                 -- its last day, where that is known
            heard         int  not null,        -- the version of the person's stream that said so
            primary key (person_id, engagement_id)
        );
        create table leader_record (
            leader_id uuid    primary key,
            trustuid  text    not null,
            is_open   boolean not null,
            heard     int     not null          -- the version of the record's stream that said so
        );
        create index leader_record_open on leader_record (leader_id) where is_open;
        grant select, insert, update on engagement, leader_record to "{app}";
    """)
    migrations.execute("""
        insert into engagement
        select (e ->> 'person_id')::uuid, (e ->> 'engagement_id')::uuid, max((e ->> 'ended_on')::date), max(version)
        from (select version, convert_from(record, 'utf8')::jsonb as e from event
              where type in ('uk.mat.talent.EngagementStarted.v1', 'uk.mat.talent.EngagementEnded.v1')) as told
        group by 1, 2;
    """)
