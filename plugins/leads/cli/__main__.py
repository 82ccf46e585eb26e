"""`python -m leads.cli` is `./leads`."""

from leads.cli.app import main

main()
