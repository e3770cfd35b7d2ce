"""What a manifest may hold, part by part: Slack's own schema, as far as an app like ours can meet it (slack.md C)."""

from __future__ import annotations

from typing import Any

from demo.slack.loopback import NotLoopbackError, check_redirect_url
from demo.slack.manifests.checks import Problem, array, fields, flag, number, one_of, problem, text

HTTPS = r"https://[^\s/]+\S*"


def _redirect(value: Any, pointer: str, errors: list[Problem]) -> None:
    before = len(errors)
    text(2500)(value, pointer, errors)
    if len(errors) == before:
        try:
            check_redirect_url(value)
        except (NotLoopbackError, ValueError) as error:
            problem(errors, str(error), pointer)


DISPLAY = fields(
    {
        "description": text(139),  # the schema says 140, and exactly 140 was refused
        "long_description": text(4000, 175),
        "background_color": text(7, pattern="#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?"),
    },
    required={"name": text(35)},
)

BOT_USER = fields({"always_online": flag}, required={"display_name": text(80, pattern="[a-z0-9_.-]+")})
APP_HOME = fields(
    {"home_tab_enabled": flag, "messages_tab_enabled": flag, "messages_tab_read_only_enabled": flag}
)
SLASH_COMMAND = fields(
    {"url": text(3500, pattern=HTTPS), "usage_hint": text(1000), "should_escape": flag},
    required={"command": text(32, 2, "/.+"), "description": text(2000)},
)
SHORTCUT = fields(
    {},
    required={
        "name": text(24),
        "type": one_of("global", "message"),
        "callback_id": text(255),
        "description": text(150),
    },
)
FEATURES = fields(
    {
        "bot_user": BOT_USER,
        "app_home": APP_HOME,
        "slash_commands": array(SLASH_COMMAND, 50),
        "shortcuts": array(SHORTCUT, 10),
        "unfurl_domains": array(text(255), 5),
    }
)

_SCOPES = array(text(255, pattern="[a-z][a-z0-9_.:-]*"), 255)
OAUTH = fields(
    {
        "redirect_urls": array(_redirect, 1000),
        "scopes": fields(
            {"bot": _SCOPES, "user": _SCOPES, "bot_optional": _SCOPES, "user_optional": _SCOPES}
        ),
        "token_management_enabled": flag,
        "pkce_enabled": flag,
    }
)

_EVENTS = array(text(255), 100)
SETTINGS = fields(
    {
        "event_subscriptions": fields(
            {"request_url": text(3500, pattern=HTTPS), "bot_events": _EVENTS, "user_events": _EVENTS}
        ),
        "interactivity": fields(
            {
                "request_url": text(3500, pattern=HTTPS),
                "message_menu_options_url": text(3500, pattern=HTTPS),
            },
            required={"is_enabled": flag},
        ),
        "incoming_webhooks": fields({"incoming_webhooks_enabled": flag}),
        "siws_links": fields({"initiate_uri": text(3500, pattern=HTTPS)}),
        "allowed_ip_address_ranges": array(text(64), 10),
        "org_deploy_enabled": flag,
        "socket_mode_enabled": flag,
        "token_rotation_enabled": flag,
        "is_hosted": flag,
        "is_mcp_enabled": flag,
    }
)

MANIFEST = fields(
    {
        "_metadata": fields({"major_version": number(1, 2), "minor_version": number()}),
        "features": FEATURES,
        "oauth_config": OAUTH,
        "settings": SETTINGS,
    },
    required={"display_information": DISPLAY},
)
