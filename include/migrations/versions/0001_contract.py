"""The tables that users, reports and checks rely on."""

from leads.migrations import statements_beside

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

upgrade, downgrade = statements_beside(__file__)
