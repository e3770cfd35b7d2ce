"""Stand-ins of Slack and of the Cocoom host, and the tour through both. Not part of the wheel."""
