"""Sign in with Slack, and adding an app to Slack: the flows that pass through a browser (slack.md A, B)."""
