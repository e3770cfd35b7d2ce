"""The permissions of Slack that the plugin may ask for, by their names there (slack.md A2, C, D1, E)."""

from __future__ import annotations

import enum


class Scope(enum.StrEnum):
    """One permission. What each is for, in words for people, is in ``connect/scopes.py``."""

    OPENID = "openid"
    EMAIL = "email"
    PROFILE = "profile"
    CHAT_WRITE = "chat:write"
    CHAT_WRITE_PUBLIC = "chat:write.public"
    USERS_READ = "users:read"
    USERS_READ_EMAIL = "users:read.email"
    CHANNELS_HISTORY = "channels:history"
    GROUPS_HISTORY = "groups:history"
    IM_HISTORY = "im:history"
    CHANNELS_READ = "channels:read"
    GROUPS_READ = "groups:read"


SIGN_IN = (Scope.OPENID, Scope.EMAIL, Scope.PROFILE)
"""What Sign in with Slack asks each user for. These never mix with others in one request (slack.md A2)."""
