"""Block Kit as Slack takes it: what is valid, and what is stored (slack.md D2, D8)."""
