"""Every Web API method this Slack knows: importing a room registers what is in it."""

from __future__ import annotations

from demo.slack.api import auth, conversations, editing, manifests, posting, reading, scheduling, users, views
from demo.slack.signin import install, openid

ROOMS = (auth, conversations, editing, manifests, posting, reading, scheduling, users, views, install, openid)
