"""From a manifest to an app and back."""

from __future__ import annotations

import copy
from typing import Any

from demo.slack.manifests.checks import Problem
from demo.slack.manifests.rules import problems
from demo.slack.world.app import App
from demo.slack.world.ids import new_id
from demo.slack.world.world import World


class BadManifestError(ValueError):
    """It breaks these rules; nothing was made or changed."""

    def __init__(self, found: list[Problem]) -> None:
        super().__init__("; ".join(f"{each['pointer'] or '/'} {each['message']}" for each in found))
        self.problems = found


def create(world: World, team_id: str, manifest: Any) -> App:
    """A new app of this workspace, not installed yet. Raises BadManifestError, LookupError."""
    app = App(new_id("A"), "", world.team(team_id).id)
    change(app, manifest)
    world.apps[app.id] = app
    return app


def change(app: App, manifest: Any) -> None:
    """Make the app what the manifest says. What is installed keeps its scopes until it is installed again.

    Raises BadManifestError.
    """
    if found := problems(manifest):
        raise BadManifestError(found)
    features, oauth = manifest.get("features", {}), manifest.get("oauth_config", {})
    scopes, home = oauth.get("scopes", {}), features.get("app_home", {})
    app.name = manifest["display_information"]["name"]
    app.bot_name = features.get("bot_user", {}).get("display_name", "")
    app.redirect_urls = list(oauth.get("redirect_urls", ()))
    app.bot_scopes = frozenset(scopes.get("bot", ()))
    app.user_scopes = frozenset(scopes.get("user", ()))
    app.home_tab_enabled = home.get("home_tab_enabled", False)
    app.messages_tab_enabled = home.get("messages_tab_enabled", False)
    app.manifest = copy.deepcopy(manifest)


def export(app: App) -> dict[str, Any]:
    """What the app is like now, also where it was made or changed without a manifest."""
    manifest = copy.deepcopy(app.manifest)
    manifest.setdefault("display_information", {})["name"] = app.name
    oauth = manifest.setdefault("oauth_config", {})
    oauth["redirect_urls"] = list(app.redirect_urls)
    for kind, now in (("bot", app.bot_scopes), ("user", app.user_scopes)):
        before = oauth.setdefault("scopes", {}).get(kind, [])
        oauth["scopes"][kind] = [*(s for s in before if s in now), *sorted(now - set(before))]
    features = manifest.setdefault("features", {})
    features.setdefault("app_home", {}).update(
        home_tab_enabled=app.home_tab_enabled, messages_tab_enabled=app.messages_tab_enabled
    )
    if app.bot_scopes:
        name = app.bot_name or app.name.lower().replace(" ", "-")
        features.setdefault("bot_user", {"always_online": False})["display_name"] = name
    return manifest
