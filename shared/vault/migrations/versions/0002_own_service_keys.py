"""A service's own keys are its own."""

from shared import migrations, vault

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Let each role reach its service's keys alone."""
    migrations.execute(vault.own_service_keys())
