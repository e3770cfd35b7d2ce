"""The two flows through a browser, in as few words as a test needs."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import jwt

from .asking import Answer, ask, form

ACME_CALLBACK = "http://acme.localhost:6543/oidc"
GLOBEX_CALLBACK = "http://globex.localhost:6543/oidc"
ACME_CLIENT = ("1000000001.2000000001", "acme-client-secret")
GLOBEX_CLIENT = ("1000000002.2000000002", "globex-client-secret")
SIGN_IN = {
    "client_id": ACME_CLIENT[0],
    "response_type": "code",
    "scope": "openid email profile",
    "state": "the-state",
    "nonce": "the-nonce",
    "redirect_uri": ACME_CALLBACK,
}
INSTALL = {
    "client_id": ACME_CLIENT[0],
    "scope": "chat:write,channels:read",
    "state": "the-state",
    "redirect_uri": ACME_CALLBACK,
}


@dataclass
class Browser:
    url: str
    cookies: dict[str, str] = field(default_factory=dict)

    def sign_in(self, **changes: str) -> Answer:
        return self._go("/openid/connect/authorize", SIGN_IN | changes)

    def install(self, **changes: str) -> Answer:
        return self._go("/oauth/v2/authorize", INSTALL | changes)

    def code(self, as_user: str = "U0ALICE", **changes: str) -> str:
        return self.sign_in(as_user=as_user, **changes).returned["code"]

    def token(self, code: str, client: tuple[str, str] = ACME_CLIENT, /, **fields: str) -> Answer:
        """At openid.connect.token, by HTTP Basic."""
        return self._redeem("openid.connect.token", code, client, fields)

    def bot(self, code: str, client: tuple[str, str] = ACME_CLIENT, /, **fields: str) -> Answer:
        """At oauth.v2.access."""
        return self._redeem("oauth.v2.access", code, client, fields)

    def id_token(self, as_user: str = "U0ALICE", **changes: str) -> str:
        return str(self.token(self.code(as_user, **changes)).json["id_token"])

    def claims(self, as_user: str = "U0ALICE", **changes: str) -> dict[str, Any]:
        """Verified with the published keys."""
        return verified(self.url, self.id_token(as_user, **changes))

    def _redeem(self, method: str, code: str, client: tuple[str, str], fields: dict[str, str]) -> Answer:
        basic = base64.b64encode(":".join(client).encode()).decode()
        body = {"code": code, "redirect_uri": ACME_CALLBACK} | fields
        return form(f"{self.url}/api/{method}", body, Authorization=f"Basic {basic}")

    def _go(self, path: str, query: dict[str, str]) -> Answer:
        sent = {name: value for name, value in query.items() if value}
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = ask(f"{self.url}{path}?{urlencode(sent)}", Cookie=cookie)
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value.strip('"')
        return answer


def verified(url: str, id_token: str, **options: Any) -> dict[str, Any]:
    """As a careful relying party reads it; raises jwt.InvalidTokenError."""
    keys = {key["kid"]: jwt.PyJWK(key) for key in ask(f"{url}/openid/connect/keys").json["keys"]}
    key = keys[jwt.get_unverified_header(id_token)["kid"]]
    return dict(
        jwt.decode(
            id_token, key, algorithms=["RS256"], audience=ACME_CLIENT[0], issuer=url, leeway=60, **options
        )
    )
