"""The command line behind `./leads`: one module per command."""
