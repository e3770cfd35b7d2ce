"""The two authorize addresses as a browser sees them: the consent page, and the way back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from demo.slack.api.error import SlackError
from demo.slack.pages.rendering import page
from demo.slack.signin.approvals import CANCEL
from demo.slack.signin.authorize import AuthorizeRequest, agree, candidates, read_request
from demo.slack.signin.codes import Flow
from demo.slack.signin.redirects import with_parameters
from demo.slack.slack import Slack
from demo.slack.state import SLACK
from demo.slack.world.app import TokenState
from demo.slack.world.user import User

_CHOICE = "as_user"
_SIGNED_IN = "slack_signed_in"
"""Cookie ``<team id>.<user id>``: who this browser is in Slack."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def authorize_page(flow: Flow) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        slack = request.app[SLACK]
        query = dict(request.query)
        if request.method == "POST":
            query |= {name: str(value) for name, value in (await request.post()).items()}
        try:
            asked = read_request(slack, flow, query)
            return _answer(slack, asked, query, request.cookies)
        except SlackError as error:
            return page("refusal.html", status=400, code=error.code)

    return handle


def _answer(
    slack: Slack, asked: AuthorizeRequest, query: Mapping[str, str], cookies: Mapping[str, str]
) -> web.StreamResponse:
    standing = slack.approvals.standing(asked.app.id)
    choice = query.get(_CHOICE, "")
    if choice == CANCEL or (standing and standing[1] == CANCEL and not choice):
        return _back(asked, error="access_denied")
    if not choice and standing:
        user: User | None = slack.world.user(*standing)
    elif choice:
        user = _chosen(slack, asked, choice)
    else:
        user = _remembered(slack, asked, cookies)
    if user is None:
        return _ask(slack, asked, query)
    answer = _back(asked, code=agree(slack, asked, user))
    answer.set_cookie(_SIGNED_IN, f"{user.team_id}.{user.id}", httponly=True, samesite="Lax")
    return answer


def _back(asked: AuthorizeRequest, **parameters: str) -> web.Response:
    location = with_parameters(asked.redirect_uri, **parameters, state=asked.state)
    return web.Response(status=302, headers={"Location": location, "Cache-Control": "no-store"})


def _chosen(slack: Slack, asked: AuthorizeRequest, choice: str) -> User:
    """``U…``, or ``T….U…`` where one person is in several workspaces."""
    for team, people in candidates(slack, asked):
        for user in people:
            if choice in (user.id, f"{team.id}.{user.id}"):
                return user
    raise SlackError("user_not_found")


def _remembered(slack: Slack, asked: AuthorizeRequest, cookies: Mapping[str, str]) -> User | None:
    """No consent for somebody signed in to the workspace asked for who has agreed before (slack.md A2)."""
    team_id, _, user_id = cookies.get(_SIGNED_IN, "").partition(".")
    known = slack.settings.remember_sign_ins and asked.flow is Flow.OPENID and team_id == asked.team_id
    for token in slack.world.tokens.values():
        mine = (token.app_id, token.team_id, token.user_id) == (asked.app.id, team_id, user_id)
        if known and mine and token.state is TokenState.ACTIVE and asked.scopes <= token.scopes:
            return slack.world.user(team_id, user_id)
    return None


def _ask(slack: Slack, asked: AuthorizeRequest, query: Mapping[str, str]) -> web.Response:
    fields = {name: value for name, value in query.items() if name != _CHOICE}
    return page(
        "consent.html",
        app=asked.app,
        signing_in=asked.flow is Flow.OPENID,
        scopes=sorted(asked.scopes | asked.user_scopes),
        workspaces=candidates(slack, asked),
        fields=fields,
        back_to=asked.redirect_uri,
    )
