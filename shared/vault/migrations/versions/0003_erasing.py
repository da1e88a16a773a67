"""Writers may destroy a subject's key for ever."""

from shared import migrations, vault

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the function, which each writer may call."""
    migrations.execute(vault.erasing("talent_app", "cpd_app", "collaboration_app"))
