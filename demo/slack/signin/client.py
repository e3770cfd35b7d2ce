"""Which app is at the token endpoint, and does it know its secret? (slack.md A4, B2)"""

from __future__ import annotations

import hmac

from demo.slack.api.call import Call
from demo.slack.api.error import SlackError
from demo.slack.signin.codes import Flow, Grant
from demo.slack.world.app import App


def authenticated_app(call: Call) -> App:
    """By HTTP Basic or form fields; raises SlackError."""
    client_id, secret = call.credentials
    app = call.slack.world.app_with_client_id(client_id)
    if app is None:
        raise SlackError("invalid_client_id")
    if not hmac.compare_digest(secret.encode(), app.client_secret.encode()):
        raise SlackError("bad_client_secret")
    return app


def redeemed_grant(call: Call, app: App, flow: Flow) -> Grant:
    """The code grant of either flow; an omitted ``grant_type`` means it (slack.md A4)."""
    grant_type = call.text("grant_type", "authorization_code")
    if grant_type == "refresh_token":
        raise SlackError("invalid_refresh_token")
    if grant_type != "authorization_code":
        raise SlackError("invalid_grant_type")
    if call.text("code_verifier"):
        # A confidential client that also sends a verifier met this in the field (slack.md A7).
        raise SlackError("internal_error")
    return call.slack.codes.redeem(call.text("code"), app, flow, call.text("redirect_uri"))
