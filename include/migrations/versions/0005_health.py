"""What is watched, how fresh it is, and what is wrong with it: the health views."""

from leads.migrations import statements_beside

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

upgrade, downgrade = statements_beside(__file__)
