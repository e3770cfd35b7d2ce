"""Connecting a tenant, changing its credentials and leaving again, across all rooms: for pages and command line."""
