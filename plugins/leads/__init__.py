"""The lead pipeline: one package, imported by the DAGs, the plugin and the command line."""
