"""What may be asked at the two authorize addresses, and the code consent is worth (slack.md A2, A3, B1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from demo.slack.api.error import SlackError
from demo.slack.signin.codes import Flow, Grant
from demo.slack.signin.redirects import matches
from demo.slack.slack import Slack
from demo.slack.world.app import SIGN_IN_SCOPES, App
from demo.slack.world.team import Team
from demo.slack.world.user import User


@dataclass(frozen=True, slots=True)
class AuthorizeRequest:
    """A request that passed all checks."""

    flow: Flow
    app: App
    redirect_uri: str
    """Where the browser goes back to."""
    sent_redirect_uri: str
    """What was sent, to be repeated at the token call; empty when the first registered one was used."""
    scopes: frozenset[str]
    user_scopes: frozenset[str]
    state: str
    nonce: str
    team_id: str
    """The workspace asked for. It restricts nothing at sign-in (slack.md A9)."""
    org_wide: bool


def read_request(slack: Slack, flow: Flow, query: Mapping[str, str]) -> AuthorizeRequest:
    """Raises SlackError; its code is shown on Slack's own page, not sent back."""
    app = slack.world.app_with_client_id(query.get("client_id", ""))
    if app is None:
        raise SlackError("invalid_client_id")
    sent = query.get("redirect_uri", "")
    redirect_uri = _redirect(app, sent)
    if flow is Flow.OPENID and query.get("response_type") != "code":
        raise SlackError("unsupported_response_type")
    scopes, user_scopes = _scopes(flow, app, query)
    team_id = query.get("team", "")
    if team_id and team_id not in slack.world.teams:
        raise SlackError("team_not_found")
    if team_id and team_id != app.team_id and not app.distributed:
        raise SlackError("invalid_team_for_non_distributed_app")
    state, nonce = query.get("state", ""), query.get("nonce", "")
    org_wide = flow is Flow.INSTALL and query.get("is_enterprise_install") in ("1", "true")
    return AuthorizeRequest(
        flow, app, redirect_uri, sent, scopes, user_scopes, state, nonce, team_id, org_wide
    )


def _redirect(app: App, sent: str) -> str:
    """None sent and several registered: the first (slack.md A3)."""
    if not sent and app.redirect_urls:
        return app.redirect_urls[0]
    if not any(matches(sent, registered) for registered in app.redirect_urls):
        raise SlackError("bad_redirect_uri")
    return sent


def _scopes(flow: Flow, app: App, query: Mapping[str, str]) -> tuple[frozenset[str], frozenset[str]]:
    """Sign-in joins scopes with spaces, an installation with commas; the two never mix (slack.md A2)."""
    if flow is Flow.OPENID:
        scopes = frozenset(query.get("scope", "").split())
        if "openid" not in scopes or not scopes <= SIGN_IN_SCOPES & app.user_scopes:
            raise SlackError("invalid_scope")
        return scopes, frozenset()
    bot, user = _by_comma(query.get("scope", "")), _by_comma(query.get("user_scope", ""))
    if (bot | user) & SIGN_IN_SCOPES or not bot <= app.bot_scopes or not user <= app.user_scopes:
        raise SlackError("invalid_scope")
    if not bot | user:
        raise SlackError("no_scopes")
    return bot, user


def _by_comma(text: str) -> frozenset[str]:
    return frozenset(name.strip() for name in text.split(",") if name.strip())


def candidates(slack: Slack, request: AuthorizeRequest) -> list[tuple[Team, list[User]]]:
    """Who may agree: active people of the app's workspace, or of any if the app is distributed."""
    wanted = request.team_id or (request.app.team_id if not request.app.distributed else "")
    teams = [team for team in slack.world.teams.values() if wanted in ("", team.id)]
    return [(team, [user for user in team.people() if not user.deleted]) for team in teams]


def agree(slack: Slack, request: AuthorizeRequest, user: User) -> str:
    """The code this person's consent is worth; raises SlackError for somebody who cannot sign in."""
    if user.deleted:
        raise SlackError("account_inactive")
    if request.flow is Flow.INSTALL and user.is_guest:
        raise SlackError("no_permission")
    grant = Grant(
        flow=request.flow,
        app_id=request.app.id,
        team_id=user.team_id,
        user_id=user.id,
        redirect_uri=request.sent_redirect_uri,
        scopes=request.scopes,
        user_scopes=request.user_scopes,
        nonce=request.nonce,
        enterprise_id=slack.world.teams[user.team_id].enterprise_id if request.org_wide else None,
    )
    return slack.codes.issue(grant)
