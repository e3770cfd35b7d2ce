"""The manifest of a tenant's own Slack app: what Slack needs to make it, dressed and ready (slack.md C)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlsplit

from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin.connect.app_pages import app_list
from cocoom_slack_plugin.connect.description import long_description, short_description
from cocoom_slack_plugin.connect.features import Wish
from cocoom_slack_plugin.errors import InvalidInput
from cocoom_slack_plugin.login.addresses import CALLBACK_PATH
from cocoom_slack_plugin.settings import is_loopback
from cocoom_slack_plugin.switches import Function

Manifest = dict[str, Any]

APP_NAME = "Cocoom"
BOT_NAME = "cocoom"
"""Slack takes a-z, 0-9, "-", "_" and "." here."""

CALLBACKS = {Function.LOGIN: (CALLBACK_PATH,)}
"""The paths at the tenant's address to which Slack sends browsers back, by the function that needs them."""

LONGEST_ADDRESS = 2500
LONGEST_LINK = 4000
"""Slack does not say how long the address of a prefilled page may be; so much is safe (slack.md C)."""


def manifest_of(tenant: Tenant, wish: Wish, color: str) -> Manifest:
    """What Slack is told about the app that this tenant wants. ``color`` is ``#rrggbb``, behind the icon.

    Raises InvalidInput when the tenant's address cannot be used for login.
    """
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": _display(tenant, wish, color),
        **_features(wish),
        "oauth_config": _oauth(tenant, wish),
        "settings": {
            "org_deploy_enabled": False,
            "socket_mode_enabled": False,
            "token_rotation_enabled": False,
        },
    }


def as_json(manifest: Manifest) -> str:
    """For reading and pasting. JSON, because Slack's YAML reader trips over scopes with a colon (slack.md C)."""
    return json.dumps(manifest, indent=2, ensure_ascii=False)


def prefilled_link(manifest: Manifest, slack_url: str) -> str:
    """The address where Slack shows this app, ready to be created. The long description stays out if it has to.

    Raises InvalidInput when the address would be too long all the same.
    """
    link = _link(manifest, slack_url)
    if len(link) > LONGEST_LINK:
        display = {**manifest["display_information"]}
        display.pop("long_description", None)
        link = _link({**manifest, "display_information": display}, slack_url)
    if len(link) > LONGEST_LINK:
        raise InvalidInput(
            "link", f"it would be longer than {LONGEST_LINK} characters: paste the manifest as JSON instead"
        )
    return link


def _link(manifest: Manifest, slack_url: str) -> str:
    compact = json.dumps(manifest, ensure_ascii=False, separators=(",", ":"))
    return f"{app_list(slack_url)}?new_app=1&manifest_json={quote(compact, safe='')}"


def _display(tenant: Tenant, wish: Wish, color: str) -> dict[str, str]:
    display = {
        "name": APP_NAME,
        "description": short_description(wish, tenant.locale),
        "background_color": color,
    }
    long = long_description(tenant, wish)
    return {**display, "long_description": long} if long else display


def _features(wish: Wish) -> Manifest:
    """The bot and its tab for messages; nothing for login, where no bot has a part."""
    if not wish.bot_scopes:
        return {}
    tabs = {"home_tab_enabled": False, "messages_tab_enabled": True, "messages_tab_read_only_enabled": True}
    return {
        "features": {"bot_user": {"display_name": BOT_NAME, "always_online": False}, "app_home": tabs},
    }


def _oauth(tenant: Tenant, wish: Wish) -> Manifest:
    """Only what there is: an empty list would be one more thing to wonder about."""
    scopes = {"user": list(map(str, wish.user_scopes)), "bot": list(map(str, wish.bot_scopes))}
    oauth: Manifest = {"scopes": {kind: names for kind, names in scopes.items() if names}}
    if addresses := redirect_urls(tenant, wish):
        oauth["redirect_urls"] = addresses
    return oauth


def redirect_urls(tenant: Tenant, wish: Wish) -> list[str]:
    """The addresses to which Slack may send browsers back. Raises InvalidInput for one that Slack would refuse."""
    paths = [path for function in sorted(wish.functions) for path in CALLBACKS.get(function, ())]
    return [_accepted(tenant.url + path) for path in paths]


def _accepted(address: str) -> str:
    """Slack takes https, and http for a machine's own loopback; no fragment (slack.md A3)."""
    parts = urlsplit(address)
    safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))
    if (
        not (safe and parts.hostname)
        or "#" in address
        or "@" in parts.netloc
        or len(address) > LONGEST_ADDRESS
    ):
        raise InvalidInput(
            "address of the base",
            f"Slack sends browsers back to https addresses only, not to {address[:80]!r}",
        )
    return address
