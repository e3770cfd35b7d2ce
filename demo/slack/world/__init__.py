"""What exists in this Slack: organisations, workspaces, people, conversations, apps, tokens, messages."""
