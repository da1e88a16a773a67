"""What was voided is gone from the views: they are made again from what was heard, which is kept from now on."""

from shared import consumer, intake, migrations, reactions

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Create what is kept, and listen once more from the beginning, so that it is all there."""
    app = migrations.app_role()
    migrations.execute(intake.heard_schema(app))
    migrations.execute(reactions.effects_index())
    migrations.execute(f"""
        create index event_voiding on event (position) where type = 'uk.mat.talent.RecordVoided.v1';
        alter table engagement drop column heard;
        alter table leader_record drop column heard;
        grant delete on leader_record to "{app}";
    """)
    migrations.execute(consumer.from_the_beginning("views", "talent"))
