"""Who in Slack is who in Cocoom."""
