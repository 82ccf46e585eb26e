"""Incidents, the mails about them, and what people did on the page."""

from leads.migrations import statements_beside

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

upgrade, downgrade = statements_beside(__file__)
