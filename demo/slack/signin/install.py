"""``oauth.v2.access``: a code for a bot token (slack.md B2)."""

from __future__ import annotations

from demo.slack.api.call import Call
from demo.slack.api.error import SlackError
from demo.slack.api.method import Answer, method
from demo.slack.rate_limits import Tier
from demo.slack.signin.client import authenticated_app, redeemed_grant
from demo.slack.signin.codes import Flow, Grant
from demo.slack.world.app import App, Token
from demo.slack.world.installation import grant_user_token, install, install_org_wide


@method("oauth.v2.access", Tier.SPECIAL, token_kinds=frozenset())
def access(call: Call) -> Answer:
    app = authenticated_app(call)
    grant = redeemed_grant(call, app, Flow.INSTALL)
    if not (grant.scopes or grant.user_scopes):
        raise SlackError("no_scopes")
    answer: Answer = {"ok": True, "app_id": app.id, "authed_user": _authed_user(call, app, grant)}
    if grant.scopes:
        bot = _installed(call, app, grant)
        answer |= {"access_token": bot.value, "token_type": "bot", "scope": bot.scopes_header}
        answer["bot_user_id"] = bot.user_id
    return answer | _place(call, grant)


def _installed(call: Call, app: App, grant: Grant) -> Token:
    world = call.slack.world
    if grant.enterprise_id:
        return install_org_wide(world, app, grant.enterprise_id, grant.scopes)
    return install(world, app, world.teams[grant.team_id], grant.scopes)


def _authed_user(call: Call, app: App, grant: Grant) -> Answer:
    """Only the id unless user scopes were asked for."""
    if not grant.user_scopes:
        return {"id": grant.user_id}
    world = call.slack.world
    token = grant_user_token(world, app, world.user(grant.team_id, grant.user_id), grant.user_scopes)
    secret = {"access_token": token.value, "token_type": "user"}
    return {"id": grant.user_id, "scope": token.scopes_header, **secret}


def _place(call: Call, grant: Grant) -> Answer:
    """``team`` is null for an org-wide install, ``enterprise`` outside Grid."""
    world = call.slack.world
    team = world.teams[grant.team_id]
    enterprise = world.enterprise_of(team)
    return {
        "team": None if grant.enterprise_id else {"id": team.id, "name": team.name},
        "enterprise": {"id": enterprise.id, "name": enterprise.name} if enterprise else None,
        "is_enterprise_install": bool(grant.enterprise_id),
    }
