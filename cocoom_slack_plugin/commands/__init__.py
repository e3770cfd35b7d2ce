"""The command line's groups, one per room."""
