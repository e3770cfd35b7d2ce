"""Every refusal, with values that would betray themselves wherever they turned up (security.md S54, E3)."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from cocoom_hooks.payloads import UserStatus
from cocoom_slack_plugin.database import metadata
from cocoom_slack_plugin.login.refusals import Code, Refused

from .host import ACME
from .visitor import query_of

TOKEN = "openid.connect.token"
TEAM, USER = "https://slack.com/team_id", "https://slack.com/user_id"
CODE = "code-canary-0123456789"
OUR_LOGGERS = ("cocoom", "social", "urllib3", "requests", "pyramid", "sqlalchemy", "root")

Way = Callable[[Any], Any]


class Scene:
    """What the ways below are arranged with."""

    def __init__(self, acme: Any, slack: Any, rows: Any, people: Any) -> None:
        self.acme, self.slack, self.rows, self.people = acme, slack, rows, people
        self.known: set[str] = set()

    def remember(self, *values: str) -> None:
        self.known |= {value.strip('"') for value in values if len(value.strip('"')) >= 8}

    def start(self) -> str:
        address: str = self.acme.start()
        query = query_of(address)
        self.remember(query["state"], query["nonce"], *self.acme.app.cookies.values())
        return address

    def back(self) -> str:
        back: str = self.acme.agree(self.start())
        self.remember(query_of(back).get("code", ""))
        return back

    def come_back(self, extra: str = "") -> Any:
        return self.acme.get(self.back() + extra)

    def with_fault(self, kind: str, **fields: Any) -> Any:
        back = self.back()
        self.slack.control.fault(kind, TOKEN, **fields)
        return self.acme.get(back)

    def with_token(self, **knob: Any) -> Any:
        self.slack.control.id_token(**knob)
        return self.come_back()

    def with_status(self, status: UserStatus) -> Any:
        self.people.add(ACME, "u-alice", "alice@acme.example", status)
        return self.come_back()


def _csrf(scene: Scene) -> Any:
    scene.acme.get("/slack/sign-in")
    return scene.acme.press(token="token-canary-0123456789")


def _without_state(scene: Scene) -> Any:
    return scene.acme.get(f"/oidc?code={CODE}")


def _without_code(scene: Scene) -> Any:
    return scene.acme.get(f"/oidc?state={query_of(scene.start())['state']}")


def _in_another_browser(scene: Scene) -> Any:
    back = scene.back()
    scene.acme.app.reset()
    return scene.acme.get(back)


def _too_late(scene: Scene) -> Any:
    back = scene.back()
    scene.rows.run(
        "UPDATE cocoom_slack_login_attempt SET created_at = created_at - interval '1 h', expires_at = now()"
    )
    return scene.acme.get(back)


def _cancelled(scene: Scene) -> Any:
    scene.slack.control.cancel_sign_in(app="A0ACME")
    return scene.come_back("&error_description=text-canary-0123456789")


def _already_signed_in(scene: Scene) -> Any:
    scene.people.add(ACME, "u-victim", "victim@acme.example")
    back = scene.back()
    scene.people.sessions["session-canary-0123456789"] = ("acme", "u-victim")
    scene.acme.app.set_cookie("__Host-session", "session-canary-0123456789")
    return scene.acme.get(back)


def _unreadable_secret(scene: Scene) -> Any:
    back = scene.back()
    scene.rows.run("UPDATE cocoom_slack_connection SET sealed_client_secret = 'sealed-canary-0123456789'")
    return scene.acme.get(back)


def _tls(scene: Scene) -> Any:
    from requests.exceptions import SSLError

    back = scene.back()
    with patch("requests.Session.request", side_effect=SSLError("secret-canary-0123456789")):
        return scene.acme.get(back)


def _ambiguous(scene: Scene) -> Any:
    scene.people.add(ACME, "u-2", "alice@acme.example")
    return scene.with_status(UserStatus.ACTIVE)


def _not_invited(scene: Scene) -> Any:
    scene.people.users.clear()
    return scene.come_back()


def _conflict(scene: Scene) -> Any:
    scene.rows.run(
        "INSERT INTO cocoom_slack_login_identity (tenant_id, team_id, slack_user_id, user_id) "
        "VALUES ('acme', 'T0ACME', 'U0OTHER', 'u-alice')"
    )
    return scene.come_back()


def _host_fails(scene: Scene) -> Any:
    error = RuntimeError("secret-canary-0123456789 alice@acme.example")
    back = scene.back()
    with patch("cocoom_hooks.Hooks.users_by_email", side_effect=error):
        return scene.acme.get(back)


WAYS: dict[Code, Way] = {
    Code.CSRF: _csrf,
    Code.STATE_MISSING: _without_state,
    Code.SESSION_LOST: _in_another_browser,
    Code.EXPIRED: _too_late,
    Code.MALFORMED: lambda scene: scene.come_back(f"&code={CODE}"),
    Code.CODE_MISSING: _without_code,
    Code.MIX_UP: lambda scene: scene.come_back("&iss=https://issuer-canary-0123456789"),
    Code.CANCELLED: _cancelled,
    Code.ALREADY_SIGNED_IN: _already_signed_in,
    Code.NOT_CONFIGURED: _unreadable_secret,
    Code.CONFIGURATION: lambda scene: scene.with_fault("error", code="bad_client_secret"),
    Code.SLACK_UNAVAILABLE: lambda scene: scene.with_fault("server_error"),
    Code.TLS: _tls,
    Code.CODE_REJECTED: lambda scene: scene.with_fault("error", code="invalid_code"),
    Code.BAD_ANSWER: lambda scene: scene.with_fault("truncated_after"),
    Code.TOKEN_INVALID: lambda scene: scene.with_token(claims={"iss": "https://issuer-canary-0123456789"}),
    Code.NONCE_MISMATCH: lambda scene: scene.with_token(claims={"nonce": "nonce-canary-0123456789"}),
    Code.WRONG_WORKSPACE: lambda scene: scene.with_token(claims={TEAM: "T0CANARY"}),
    Code.EMAIL_MISSING: lambda scene: scene.with_token(drop=["email"]),
    Code.EMAIL_UNVERIFIED: lambda scene: scene.with_token(claims={"email_verified": False}),
    Code.NOT_INVITED: _not_invited,
    Code.AMBIGUOUS: _ambiguous,
    Code.ACCOUNT_DISABLED: lambda scene: scene.with_status(UserStatus.DEACTIVATED),
    Code.IDENTITY_CONFLICT: _conflict,
    Code.UNAVAILABLE: _host_fails,
}
"""A way to every refusal of signing in."""

OF_OTHER_FLOWS = {"guest", "guest_unknown", "not_administrator", "only_way_in", "other_user", "signed_out"}
"""Of policies, linking and the test sign-in; their own tests look for canaries."""

ALWAYS = (
    "acme-client-secret",
    "globex-client-secret",
    "canary",
    "xoxp-",
    "eyJ0eXAi",
    "eyJhbGci",
    "alice@acme.example",
    "Alice Martin",
    "Traceback",
)


@pytest.fixture
def scene(acme: Any, alice: Any, slack: Any, rows: Any, people: Any) -> Scene:
    return Scene(acme, slack, rows, people)


@pytest.mark.parametrize("code", WAYS, ids=str)
def test_a_refusal_betrays_nothing(
    scene: Scene, code: Code, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    """S54: page, headers, log, exceptions and rows are searched for every secret there was."""
    caplog.set_level("DEBUG")
    raised: list[Refused] = []
    real = Refused.__init__

    def notice(self: Refused, *given: Any, **named: Any) -> None:
        real(self, *given, **named)
        raised.append(self)

    with patch.object(Refused, "__init__", notice):
        answer = WAYS[code](scene)
    assert scene.rows.outcomes == [str(code)]
    issued = _issued(scene)
    # The button's page, shown again, holds this browser's own CSRF token on purpose.
    own = {value.strip('"') for value in scene.acme.app.cookies.values()} if code is Code.CSRF else set()
    places = {
        "page": answer.text,
        "headers": str(answer.headers),
        "log": _log(caplog.records),
        "exceptions": "".join(_texts(error) for error in raised),
        "rows": _rows(engine),
    }
    for place, text in places.items():
        for canary in {*ALWAYS, *issued} - (own if place in ("page", "headers") else set()):
            # A damaged secret stands where it was put: in its own column.
            if place == "rows" and canary == "canary":
                continue
            assert canary not in text, place
    assert raised or code is Code.CSRF


def _issued(scene: Scene) -> set[str]:
    """What was made up on the way: codes, states, cookies, tokens."""
    answers = [call.get("answer") for call in scene.slack.control.requests(TOKEN)]
    tokens = {
        value
        for each in answers
        if isinstance(each, dict)
        for value in each.values()
        if isinstance(value, str)
    }
    return scene.known | {value for value in tokens if len(value) > 20}


def _log(records: list[logging.LogRecord]) -> str:
    """Ours and our libraries'; the visitor's own requests to Slack's pages are not the application's."""
    formatter = logging.Formatter("%(name)s %(message)s")
    ours = (formatter.format(record) for record in records if record.name.startswith(OUR_LOGGERS))
    return "\n".join(line for line in ours if "/openid/connect/authorize" not in line)


def _texts(error: BaseException) -> str:
    """What a log line or an error tracker would show of an exception, its causes included."""
    lines = traceback.TracebackException.from_exception(error).format(chain=True)
    return f"{error!r} {error.args} {getattr(error, 'detail', '')} {''.join(lines)}".replace("Traceback", "")


def _rows(engine: Engine) -> str:
    """All rows; only the nonce of a start that nobody finished, and states never, are stored in clear."""
    with Session(engine) as session:
        found = {
            table.name: [
                {name: value for name, value in row._mapping.items() if name != "nonce"}
                for row in session.execute(select(table))
            ]
            for table in metadata.sorted_tables
        }
    return str(found)


def test_there_is_a_way_to_every_refusal() -> None:
    """S54: a new code needs a way here, or a word why it has none."""
    assert {str(code) for code in Code} - {str(code) for code in WAYS} <= OF_OTHER_FLOWS
