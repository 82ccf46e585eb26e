"""What the ingestion itself keeps."""

from leads.migrations import statements_beside

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

upgrade, downgrade = statements_beside(__file__)
