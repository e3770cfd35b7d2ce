"""Function 2: what happens on the platform reaches Slack."""
