"""What is watched, how fresh it is, and what is wrong with it: the health views."""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_HERE = Path(__file__)


def upgrade() -> None:
    """Run the statements of the `.up.sql` file beside this one."""
    op.get_bind().exec_driver_sql(_HERE.with_suffix(".up.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    """Run the statements of the `.down.sql` file beside this one."""
    op.get_bind().exec_driver_sql(_HERE.with_suffix(".down.sql").read_text(encoding="utf-8"))
