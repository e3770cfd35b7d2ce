"""Connecting a tenant to its own Slack app, changing its credentials and leaving again: for pages and command line."""
