"""App manifests: what Slack takes as one, and the app that it makes of it (slack.md C)."""
