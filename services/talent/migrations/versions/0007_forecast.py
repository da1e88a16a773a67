"""What a forecast reads of the history is found without reading all of it.

The types are those of `services.talent.forecast.history.wanted`; when there are more, a new index takes its place.
"""

from shared import migrations

revision = "0007"
down_revision = "0006"

_types = (
    "CareerStageAssessed",
    "CriticalPostRegistered",
    "EngagementEnded",
    "EngagementMoved",
    "EngagementStarted",
    "LeaderNominationDeclined",
    "LeaderRecordClosed",
    "LeaderRecordReopened",
    "PersonsMerged",
    "PersonsSplit",
    "PostFilled",
    "PostVacancyWithdrawn",
    "PostVacated",
    "ReadinessAssessed",
    "SchoolJoinedTrust",
    "SchoolLeftTrust",
    "SchoolUrnSucceeded",
)


def upgrade() -> None:
    """Create the index."""
    names = ", ".join(f"'uk.mat.talent.{name}.v1'" for name in _types)
    migrations.execute(f"create index event_forecast on event (position) where type in ({names})")
