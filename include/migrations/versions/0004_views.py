"""The conversion, payment and financial views, and the tables behind them."""

from leads.migrations import statements_beside

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

upgrade, downgrade = statements_beside(__file__)
