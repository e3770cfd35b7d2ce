"""Pages for a person: workspaces, channels, direct messages, as a reader of Slack would see them."""
