"""An engagement that goes back with a split leaves the view of the entry that had it since the merger."""

from shared import migrations

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Let it be deleted."""
    migrations.execute(f'grant delete on engagement to "{migrations.app_role()}";')
