"""Incidents, the mails about them, and what people did on the page."""

from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_HERE = Path(__file__)


def upgrade() -> None:
    """Run the statements of the `.up.sql` file beside this one."""
    op.get_bind().exec_driver_sql(_HERE.with_suffix(".up.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    """Run the statements of the `.down.sql` file beside this one."""
    op.get_bind().exec_driver_sql(_HERE.with_suffix(".down.sql").read_text(encoding="utf-8"))
