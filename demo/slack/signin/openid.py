"""``openid.connect.token`` and ``openid.connect.userInfo`` (slack.md A4, A6)."""

from __future__ import annotations

from demo.slack.api.call import Call
from demo.slack.api.method import Answer, method
from demo.slack.rate_limits import Tier
from demo.slack.signin.claims import identity_claims
from demo.slack.signin.client import authenticated_app, redeemed_grant
from demo.slack.signin.codes import Flow
from demo.slack.signin.id_token import issue_id_token
from demo.slack.world.installation import grant_user_token


@method("openid.connect.token", Tier.FOUR, token_kinds=frozenset())
def token(call: Call) -> Answer:
    """Form only, secret by Basic or as a field. Refusals are HTTP 200 (slack.md A8.1)."""
    app = authenticated_app(call)
    grant = redeemed_grant(call, app, Flow.OPENID)
    world = call.slack.world
    access = grant_user_token(world, app, world.user(grant.team_id, grant.user_id), grant.scopes)
    id_token = issue_id_token(call.slack, app, grant, access.value)
    return {"ok": True, "access_token": access.value, "token_type": "Bearer", "id_token": id_token}


@method("openid.connect.userInfo", Tier.THREE, "openid", token_kinds=frozenset({"user"}))
def user_info(call: Call) -> Answer:
    user_token = call.token
    claims = identity_claims(
        call.slack.world, user_token.team_id or "", user_token.user_id, user_token.scopes
    )
    return {"ok": True, **claims}
