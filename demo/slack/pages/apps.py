"""Slack's pages for people who make apps (api.slack.com/apps): create from a manifest, credentials, installation.

Whoever opens them counts as the workspace's administrator.
"""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from demo.slack.manifests.checks import Problem
from demo.slack.manifests.making import BadManifestError, change, create, export
from demo.slack.manifests.rules import problems
from demo.slack.pages.rendering import page
from demo.slack.state import SLACK
from demo.slack.world.app import App
from demo.slack.world.installation import active_bot_token, install


def app_routes() -> list[web.RouteDef]:
    return [
        web.get("/apps", apps),
        web.post("/apps", create_app),
        web.get("/apps/{app}", app_page),
        web.post("/apps/{app}/manifest", change_app),
        web.get("/apps/{app}/install", ask_to_install),
        web.post("/apps/{app}/install", install_app),
    ]


async def apps(request: web.Request) -> web.Response:
    """The list, or with ``new_app=1`` the form; ``manifest_json`` fills it in."""
    if request.query.get("new_app") == "1":
        return _form(request, request.query.get("manifest_json", ""))
    world = request.app[SLACK].world
    owned = [(app, world.teams[app.team_id]) for app in world.apps.values() if app.team_id in world.teams]
    return page("apps.html", apps=owned)


async def create_app(request: web.Request) -> web.Response:
    given = await request.post()
    written, team_id = str(given.get("manifest", "")), str(given.get("team", ""))
    world = request.app[SLACK].world
    if team_id not in world.teams:
        raise web.HTTPBadRequest(text="no such workspace")
    manifest, _ = _read(written)
    try:
        app = create(world, team_id, manifest)
    except BadManifestError:
        return _form(request, written, team_id)
    raise web.HTTPSeeOther(f"/apps/{app.id}")


async def app_page(request: web.Request) -> web.Response:
    app = _app(request)
    return _shown(request, app, json.dumps(export(app), indent=2, ensure_ascii=False), [])


async def change_app(request: web.Request) -> web.Response:
    app = _app(request)
    written = str((await request.post()).get("manifest", ""))
    manifest, _ = _read(written)
    try:
        change(app, manifest)
    except BadManifestError:
        return _shown(request, app, written, _read(written)[1])
    raise web.HTTPSeeOther(f"/apps/{app.id}")


async def ask_to_install(request: web.Request) -> web.Response:
    app = _app(request)
    if not app.bot_scopes:
        raise web.HTTPBadRequest(text="this app has no bot scopes, so there is nothing to install")
    team = request.app[SLACK].world.teams[app.team_id]
    return page("app_install.html", app=app, team=team, scopes=sorted(app.bot_scopes))


async def install_app(request: web.Request) -> web.Response:
    """Scopes are granted now, and only now (slack.md C)."""
    app = _app(request)
    if not app.bot_scopes:
        raise web.HTTPBadRequest(text="this app has no bot scopes, so there is nothing to install")
    world = request.app[SLACK].world
    if (await request.post()).get("answer") == "allow":
        install(world, app, world.teams[app.team_id], app.bot_scopes)
    raise web.HTTPSeeOther(f"/apps/{app.id}")


def _form(request: web.Request, written: str, team_id: str = "") -> web.Response:
    """What the manifest says is shown before anything is made of it."""
    manifest, found = _read(written) if written else (None, [])
    return page(
        "new_app.html",
        status=400 if found else 200,
        written=json.dumps(manifest, indent=2, ensure_ascii=False) if manifest is not None else written,
        manifest=None if found else manifest,
        problems=found,
        teams=list(request.app[SLACK].world.teams.values()),
        chosen=team_id,
    )


def _shown(request: web.Request, app: App, written: str, found: list[Problem]) -> web.Response:
    world = request.app[SLACK].world
    token = active_bot_token(world, app, app.team_id)
    return page(
        "app.html",
        status=400 if found else 200,
        app=app,
        team=world.teams[app.team_id],
        display=export(app)["display_information"],
        token=token,
        stale=token is not None and not app.bot_scopes <= token.scopes,
        written=written,
        problems=found,
    )


def _read(written: str) -> tuple[Any, list[Problem]]:
    """The manifest and what is wrong with it; None for what is not JSON."""
    try:
        manifest = json.loads(written)
    except ValueError as error:
        return None, [{"message": f"this is not JSON: {error}", "pointer": ""}]
    return manifest, problems(manifest)


def _app(request: web.Request) -> App:
    app = request.app[SLACK].world.apps.get(request.match_info["app"])
    if app is None:
        raise web.HTTPNotFound(text="no such app")
    return app
