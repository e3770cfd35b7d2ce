"""The Web API: ``/api/<method>`` (slack.md B4-B5, D, E)."""
