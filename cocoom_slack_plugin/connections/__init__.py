"""A tenant's connection with its own Slack app: table, vault, service, health."""
