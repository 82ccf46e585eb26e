"""What identity resolution itself keeps: keys, edges, models, merges, history."""

from leads.migrations import statements_beside

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

upgrade, downgrade = statements_beside(__file__)
