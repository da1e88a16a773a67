"""The vault's keys, and who may use them."""

from shared import migrations, vault

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables; each service's role has what it needs."""
    migrations.execute(vault.schema())
    for role in ("talent_app", "cpd_app", "collaboration_app"):
        migrations.execute(vault.grants(role, writer=True))
    migrations.execute(vault.grants("reporting_app", writer=False))
