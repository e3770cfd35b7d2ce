"""``apps.manifest.*``: apps made and changed by program, with a configuration token (slack.md C)."""

from __future__ import annotations

from typing import Any

from demo.slack.api.call import Call
from demo.slack.api.error import SlackError
from demo.slack.api.method import Answer, method
from demo.slack.manifests.making import BadManifestError, change, create, export
from demo.slack.manifests.rules import problems
from demo.slack.rate_limits import Tier
from demo.slack.world.app import App

CONFIGURATION = frozenset({"config"})


@method("apps.manifest.validate", Tier.THREE, token_kinds=CONFIGURATION, takes_json=True)
def validate(call: Call) -> Answer:
    if found := problems(_manifest(call)):
        raise SlackError("invalid_manifest", errors=found)
    return {"ok": True, "errors": []}


@method("apps.manifest.create", Tier.ONE, token_kinds=CONFIGURATION, takes_json=True)
def create_app(call: Call) -> Answer:
    """With its credentials, told this once."""
    try:
        app = create(call.slack.world, call.token.team_id or "", _manifest(call))
    except BadManifestError as error:
        raise SlackError("invalid_manifest", errors=error.problems) from None
    credentials = {"client_id": app.client_id, "client_secret": app.client_secret}
    credentials |= {"verification_token": "not-used", "signing_secret": app.signing_secret}
    scopes = ",".join(sorted(app.bot_scopes))
    address = f"{call.slack.url}/oauth/v2/authorize?client_id={app.client_id}&scope={scopes}"
    return {"ok": True, "app_id": app.id, "credentials": credentials, "oauth_authorize_url": address}


@method("apps.manifest.update", Tier.ONE, token_kinds=CONFIGURATION, takes_json=True)
def update_app(call: Call) -> Answer:
    app = _own_app(call)
    before = app.bot_scopes, app.user_scopes
    try:
        change(app, _manifest(call))
    except BadManifestError as error:
        raise SlackError("invalid_manifest", errors=error.problems) from None
    changed = (app.bot_scopes, app.user_scopes) != before
    return {"ok": True, "app_id": app.id, "permissions_updated": changed}


@method("apps.manifest.export", Tier.THREE, token_kinds=CONFIGURATION, takes_json=True)
def export_app(call: Call) -> Answer:
    return {"ok": True, "manifest": export(_own_app(call))}


def _manifest(call: Call) -> Any:
    call.required("manifest")
    return call.structure("manifest", "invalid_manifest")


def _own_app(call: Call) -> App:
    app = call.slack.world.apps.get(call.required("app_id"))
    if app is None or app.team_id != call.token.team_id:
        raise SlackError("invalid_app_id")
    return app
