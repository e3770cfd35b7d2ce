from __future__ import annotations

import base64
from typing import Any

import pytest
from pydantic import SecretBytes, SecretStr

from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.connections.vault import SecretKind, Vault
from cocoom_slack_plugin.login.backend import SlackOpenIdConnect
from cocoom_slack_plugin.login.strategy import VisitStrategy
from cocoom_slack_plugin.login.visit import Visit
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.settings import EXAMPLE_KEY, Settings
from cocoom_slack_plugin.switches import Switches

TENANT = Tenant(id="acme", subdomain="acme", name="Acme", url="https://acme.cocoom.test")
VAULT = Vault({"test": SecretBytes(base64.b64decode(EXAMPLE_KEY))})


@pytest.fixture
def strategy() -> VisitStrategy:
    values: dict[str, Any] = dict.fromkeys(Connection.__dataclass_fields__)
    values |= {"tenant_id": "acme", "team_id": "T1", "client_id": "1.2"}
    values["sealed_client_secret"] = VAULT.seal(SecretStr("the-secret"), "acme", SecretKind.CLIENT_SECRET)
    settings = Settings.model_construct(
        slack_url="https://slack.com", sign_in_lifetime=600, slack_timeout=10.0, tenants=Switches()
    )
    hooks: Any = None
    runtime = Runtime(settings, hooks, VAULT)
    answer: dict[str, str | list[str]] = {"code": "x"}
    return VisitStrategy(
        Visit(runtime=runtime, tenant=TENANT, connection=Connection(**values), browser=None, answer=answer)
    )


@pytest.mark.parametrize(
    "name",
    ["KEY", "SECRET", "SOCIAL_AUTH_KEY", "SOCIAL_AUTH_OIDC_KEY", "SOCIAL_AUTH_SLACK_OPENID_PROXIES", "PATH"],
)
def test_only_this_backends_names_are_settings(strategy: VisitStrategy, name: str) -> None:
    """No fall-through to anything global (security.md B2, B3)."""
    with pytest.raises(KeyError):
        strategy.get_setting(name)


def test_settings_are_typed_and_of_this_tenant(strategy: VisitStrategy) -> None:
    backend: SlackOpenIdConnect[Any] = SlackOpenIdConnect(strategy, redirect_uri="/oidc")
    assert backend.get_key_and_secret() == ("1.2", "the-secret")
    assert backend.setting("STATE_LIFETIME") == 600
    assert backend.redirect_uri == "https://acme.cocoom.test/oidc"
    assert backend.data == {"code": "x"}
    assert backend.authorization_url() == "https://slack.com/openid/connect/authorize"
    assert backend.access_token_url() == "https://slack.com/api/openid.connect.token"
    assert backend.jwks_uri() == "https://slack.com/openid/connect/keys"
    assert backend.id_token_issuer() == "https://slack.com"
    assert not backend.use_basic_auth()


def test_redirects_are_encoded(strategy: VisitStrategy) -> None:
    answer = strategy.redirect("https://slack.com/a?b=c d&e=é\r\nX: y")
    assert answer.status_int == 303
    assert answer.headers["Location"] == "https://slack.com/a?b=c%20d&e=%C3%A9%0D%0AX:%20y"


def test_without_the_browsers_value_there_is_no_transaction(strategy: VisitStrategy) -> None:
    assert strategy.session_get("slack-openid_oauth2_state_x") is None
    assert "browser=" not in repr(strategy.visit)


def test_the_storage_does_nothing_else(strategy: VisitStrategy) -> None:
    with pytest.raises(NotImplementedError):
        strategy.storage.user.get_social_auth("slack-openid", "T1:U1")
    with pytest.raises(NotImplementedError):
        strategy.storage.partial.load("x")
