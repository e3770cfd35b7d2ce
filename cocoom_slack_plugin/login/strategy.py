"""What social-core asks its surroundings for, answered for one visit of one tenant (security.md B3)."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import quote, urlsplit

from pyramid.response import Response
from social_core.storage import BaseStorage
from social_core.strategy import BaseStrategy

from cocoom_slack_plugin.connections.vault import SecretKind
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.login import attempts
from cocoom_slack_plugin.login.attempts import Attempt
from cocoom_slack_plugin.login.backend import NAME
from cocoom_slack_plugin.login.purpose import Purpose
from cocoom_slack_plugin.login.storage import AttemptStorage
from cocoom_slack_plugin.login.visit import Visit

SETTING_PREFIX = "SOCIAL_AUTH_SLACK_OPENID_"
TRANSACTION_PREFIX = f"{NAME}_oauth2_state_"
STEPS = "cocoom_slack_plugin.login.pipeline"
PIPELINES = {
    Purpose.SIGN_IN: [f"{STEPS}.read_claims", f"{STEPS}.ask_standing", f"{STEPS}.recognise"],
    Purpose.LINK: [f"{STEPS}.read_claims", f"{STEPS}.vouch"],
    Purpose.TEST: [f"{STEPS}.read_claims", f"{STEPS}.ask_standing", f"{STEPS}.vouch"],
}
"""What follows a validated id_token. Only a sign-in recognises anybody by itself."""
CLOCK_TOLERANCE = 60
"""Seconds by which Slack's clock and ours may differ (security.md S66, S67). An id_token lives 300 (slack.md A5)."""
LITERAL = "/:?#[]@!$&'()*+,;=%~-._"


class VisitStrategy(BaseStrategy[Response]):
    """Settings, request, session and storage of one visit. Nothing of another tenant or of the process is reachable."""

    def __init__(self, visit: Visit) -> None:
        super().__init__(storage=cast(type[BaseStorage], AttemptStorage(visit)))
        self.visit = visit
        self.attempt: Attempt | None = None
        self._session: dict[str, Any] = {}
        self._settings = _settings(visit)

    def get_setting(self, name: str) -> Any:
        """A typed value of this tenant. Raises KeyError for everything else, so that defaults of the backend hold."""
        if not name.startswith(SETTING_PREFIX):
            raise KeyError(name)
        name = name.removeprefix(SETTING_PREFIX)
        return self._secret() if name == "SECRET" else self._settings[name]

    def _secret(self) -> str:
        secret = self.visit.connection.open_secret(self.visit.runtime.vault, SecretKind.CLIENT_SECRET)
        return secret.get_secret_value()

    @property
    def spent_state(self) -> str | None:
        """The state that this very callback has consumed."""
        return cast(AttemptStorage, self.storage).spent_state

    @property
    def next_path(self) -> str:
        """Where to go, as it was remembered at the start."""
        return self.attempt.next_path if self.attempt else "/"

    # --- the request: the tenant's configured address, never the Host header (security.md R6, S05) ---

    def get_request_data(self, merge: bool = True) -> dict[str, Any]:
        return dict(self.visit.answer)

    def request_host(self) -> str:
        return urlsplit(self.visit.tenant.url).netloc

    def request_is_secure(self) -> bool:
        return self.visit.tenant.url.startswith("https://")

    def build_absolute_uri(self, path: str | None = None) -> str:
        return self.visit.tenant.url + (path or "")

    def redirect(self, url: str) -> Response:
        """303, so that nothing of a form can be sent on (RFC 9700 4.12)."""
        return Response(status=303, location=quote(url, safe=LITERAL))

    # --- the session: this request's memory, over the stored attempt ---

    def session_get(self, name: str, default: Any = None) -> Any:
        if name not in self._session and name.startswith(TRANSACTION_PREFIX):
            self._load(name, name.removeprefix(TRANSACTION_PREFIX))
        return self._session.get(name, default)

    def session_set(self, name: str, value: Any) -> None:
        self._session[name] = value

    def session_pop(self, name: str) -> Any:
        return self._session.pop(name, None)

    def _load(self, name: str, state: str) -> None:
        owner = self.visit.owner
        if owner is None:
            return
        with transaction(self.visit.runtime.hooks, self.visit.tenant.id) as dbsession:
            self.attempt = attempts.find(dbsession, owner, state)
        if self.attempt:
            stored = {"state": state, "timestamp": self.attempt.started, "oidc_nonce": self.attempt.nonce}
            self._session[name] = stored


def _settings(visit: Visit) -> dict[str, Any]:
    settings = visit.runtime.settings
    slack = settings.slack_url
    return {
        "KEY": visit.connection.client_id,
        "TEAM": visit.connection.team_id,
        "PIN": visit.connection.login_pin,
        "ENTERPRISE": visit.connection.enterprise_id,
        "ID_TOKEN_ISSUER": slack,
        "AUTHORIZATION_URL": f"{slack}/openid/connect/authorize",
        "ACCESS_TOKEN_URL": f"{slack}/api/openid.connect.token",
        "JWKS_URI": f"{slack}/openid/connect/keys",
        "STATE_LIFETIME": settings.sign_in_lifetime,
        "NONCE_LIFETIME": settings.sign_in_lifetime,
        "JWT_LEEWAY": CLOCK_TOLERANCE,
        "TIMEOUT": settings.slack_timeout,
        "PIPELINE": PIPELINES[visit.purpose],
    }
