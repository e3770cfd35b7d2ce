"""``auth.test``, ``auth.revoke``, ``apps.uninstall`` (slack.md B4, B5)."""

from __future__ import annotations

import hmac

from demo.slack.api.call import Call
from demo.slack.api.error import SlackError
from demo.slack.api.method import Answer, method
from demo.slack.rate_limits import Tier
from demo.slack.world.installation import revoke, uninstall


@method("auth.test", Tier.SPECIAL)
def test(call: Call) -> Answer:
    """``bot_id`` for bot tokens only: that is how to tell a pasted ``xoxp-`` from an ``xoxb-``."""
    token, world = call.token, call.slack.world
    team = world.teams[token.team_id] if token.team_id else None
    enterprise = world.enterprises.get(token.enterprise_id or "")
    place = team or enterprise
    if place is None:
        raise SlackError("invalid_auth")
    user = team.users.get(token.user_id) if team else None
    answer: Answer = {"ok": True, "url": f"https://{place.domain}.slack.com/", "team": place.name}
    answer |= {
        "user": user.name if user else call.app.name.lower(),
        "team_id": place.id,
        "user_id": token.user_id,
    }
    if token.bot_id:
        answer |= {"bot_id": token.bot_id, "app_id": call.app.id, "app_name": call.app.name}
    if enterprise is not None:
        answer["enterprise_id"] = enterprise.id
    return answer | {"is_enterprise_install": token.is_org_wide}


@method("auth.revoke", Tier.THREE)
def revoke_token(call: Call) -> Answer:
    """``test=1`` rehearses; ``revoked`` is then false (UNCONFIRMED, slack.md B5)."""
    if call.flag("test"):
        return {"ok": True, "revoked": False}
    revoke(call.slack.world, call.token)
    return {"ok": True, "revoked": True}


@method("apps.uninstall", Tier.ONE, takes_json=False)
def uninstall_app(call: Call) -> Answer:
    """Refused to bot tokens: whether Slack ever lets them is UNCONFIRMED (slack.md B5)."""
    client_id, secret = call.credentials
    app = call.slack.world.app_with_client_id(client_id)
    if app is None:
        raise SlackError("invalid_client_id")
    if not hmac.compare_digest(secret.encode(), app.client_secret.encode()):
        raise SlackError("bad_client_secret")
    if app.id != call.token.app_id:
        raise SlackError("client_id_token_mismatch")
    if call.token.kind == "bot":
        raise SlackError("no_permission")
    uninstall(call.slack.world, app, call.token.team_id or "")
    return {"ok": True, "uninstalled": True}
