"""Sign in with Slack as a social-core backend. It works through strategy and storage alone, never on our tables."""

from __future__ import annotations

import re
from typing import Any

from social_core.backends.base import ResponseT_co
from social_core.backends.open_id_connect import OpenIdConnectAuth
from social_core.exceptions import (
    AuthConfigurationError,
    AuthInputError,
    AuthPolicyError,
    AuthResponseError,
    ErrorStage,
    SocialAuthBaseException,
)
from social_core.utils import handle_http_errors

from cocoom_slack_plugin.login.claims import ENTERPRISE, TEAM, USER
from cocoom_slack_plugin.login.policy import Pin
from cocoom_slack_plugin.login.slack_errors import classify
from cocoom_slack_plugin.login.transport import BoundedTransport
from cocoom_slack_plugin.slack_scopes import SIGN_IN

NAME = "slack-openid"
ANSWER_PARAMETERS = ("code", "state", "error", "iss")
SLACK_ID = re.compile(r"[A-Za-z0-9]{1,64}")
TOKENS = ("access_token", "id_token", "refresh_token")


class SlackOpenIdConnect(BoundedTransport[ResponseT_co], OpenIdConnectAuth[ResponseT_co]):
    """OpenID Connect with Slack's deviations (slack.md A8) and the rules of DESIGN.md section 6.

    Settings that the strategy must give: KEY, SECRET, TEAM, and for a tenant that pinned its organisation instead of
    its workspace, PIN and ENTERPRISE. Endpoints may come from the strategy for a stand-in; they are never discovered,
    because a discovery document is believed whatever issuer it names (security.md R11).
    """

    name = NAME
    OIDC_ENDPOINT = "https://slack.com"
    ID_TOKEN_ISSUER = "https://slack.com"
    AUTHORIZATION_URL = "https://slack.com/openid/connect/authorize"
    ACCESS_TOKEN_URL = "https://slack.com/api/openid.connect.token"
    JWKS_URI = "https://slack.com/openid/connect/keys"
    TOKEN_ENDPOINT_AUTH_METHOD = "client_secret_post"
    DEFAULT_SCOPE = [str(each) for each in SIGN_IN]  # noqa: RUF012 - social-core's type
    EXTRA_DATA = []  # noqa: RUF012
    ID_KEY = "team:user"
    ID_TOKEN_MAX_AGE = 600
    # Slack's PKCE switch makes an app public for good and then refuses its secret (slack.md A7).
    DEFAULT_USE_PKCE = False

    # --- the start ---

    def get_key_and_secret(self) -> tuple[str, str]:
        """As stored. Raises AuthConfigurationError for an empty client id, which social-core would send as it is."""
        key, secret = super().get_key_and_secret()
        if not key:
            raise AuthConfigurationError(self, parameter="KEY", code="missing_setting", stage="begin")
        return key, secret

    def auth_params(self, state: str | None = None) -> dict[str, str]:
        """Name the workspace: who agreed before is not asked again (slack.md A2). It restricts nothing."""
        params: dict[str, str] = super().auth_params(state)  # type: ignore[no-untyped-call]
        return {**params, "team": self._team("begin")}

    # --- the callback ---

    @handle_http_errors
    def auth_complete(self, *args: Any, **kwargs: Any) -> Any:
        """State first: only then is anything else of the answer looked at (security.md B2, S32)."""
        self._refuse_repeated_parameters()
        state = self.validate_state()
        self._refuse_other_issuer()
        if self.data.get("error") and self.data.get("code"):
            raise AuthInputError(self, parameter="error", code="invalid_parameter", stage="callback")
        self.process_error(self.data)
        if not self.data.get("code"):
            raise AuthInputError(self, parameter="code", code="missing_parameter", stage="callback")
        response = self.request_access_token(
            self.access_token_url(),
            method="POST",
            data=self.auth_complete_params(state),  # type: ignore[no-untyped-call]
            headers=self.auth_headers(),
            auth=self.auth_complete_credentials(),  # type: ignore[no-untyped-call]
        )
        return self.do_auth(self.get_access_token(response), *args, response=response, **kwargs)

    def _refuse_repeated_parameters(self) -> None:
        for name in ANSWER_PARAMETERS:
            if not isinstance(self.data.get(name, ""), str):
                raise AuthInputError(self, parameter=name, code="invalid_parameter", stage="callback")

    def _refuse_other_issuer(self) -> None:
        """RFC 9207: an answer that names another issuer belongs to another provider (security.md R3, S37)."""
        if self.data.get("iss", self.id_token_issuer()) != self.id_token_issuer():
            raise AuthInputError(self, parameter="iss", code="invalid_parameter", stage="callback")

    def get_provider_error(
        self,
        data: object,
        *,
        stage: ErrorStage = "callback",
        status_code: int | None = None,
        retry_after: str | None = None,
    ) -> SocialAuthBaseException | None:
        """Tell configuration, unavailability and bad answers apart."""
        given: dict[str, Any] = {"stage": stage, "status_code": status_code, "retry_after": retry_after}
        return classify(self, data, **given) or super().get_provider_error(data, **given)

    # --- the id_token ---

    def validate_and_return_id_token(self, id_token: str, access_token: str) -> dict[str, Any]:
        """Validate everything. Raises a SocialAuthBaseException, also for values that the libraries stumble over."""
        try:
            claims: dict[str, Any] = super().validate_and_return_id_token(  # type: ignore[no-untyped-call]
                id_token, access_token
            )
        except SocialAuthBaseException:
            raise
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            raise AuthResponseError(self, code="invalid_claim", stage="token_validation") from None
        return claims

    def validate_authorized_party(self, claims: dict[str, Any], client_id: str) -> None:
        """No audience besides us is trusted (OIDC Core 3.1.3.7, security.md R8)."""
        super().validate_authorized_party(claims, client_id)
        if self.id_token_audiences(claims.get("aud")) != {client_id}:
            raise self._invalid_claim("aud")

    def validate_claims(self, id_token: dict[str, Any]) -> None:
        """Times and nonce, then the workspace, which nothing else restricts (security.md 0.2, S100)."""
        super().validate_claims(id_token)
        for claim in (TEAM, USER):
            if not isinstance(id_token.get(claim), str) or not SLACK_ID.fullmatch(id_token[claim]):
                raise self._invalid_claim(claim)
        if id_token[USER] != id_token["sub"]:
            raise self._invalid_claim(USER)
        claim, expected = self._pinned()
        if id_token.get(claim) != expected:
            raise AuthPolicyError(self, code="membership_required", claim=claim, stage="token_validation")

    def _pinned(self) -> tuple[str, str]:
        """The claim that must be the tenant's own, and its value. A token without it never passes (slack.md A5, A9)."""
        if self.setting("PIN") != Pin.ENTERPRISE:
            return TEAM, self._team("token_validation")
        enterprise = self.setting("ENTERPRISE")
        if not isinstance(enterprise, str) or not enterprise:
            raise AuthConfigurationError(
                self, parameter="ENTERPRISE", code="missing_setting", stage="token_validation"
            )
        return ENTERPRISE, enterprise

    def _invalid_claim(self, claim: str) -> AuthResponseError:
        return AuthResponseError(self, claim=claim, code="invalid_claim", stage="token_validation")

    def _team(self, stage: ErrorStage) -> str:
        team = self.setting("TEAM")
        if not isinstance(team, str) or not team:
            raise AuthConfigurationError(self, parameter="TEAM", code="missing_setting", stage=stage)
        return team

    # --- the person: the id_token decides, and nothing is added to it or kept of it ---

    def user_data(self, access_token: str, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Nothing: userInfo repeats the id_token unsigned (slack.md A6, security.md S85-S89)."""
        return {}

    def get_user_id(self, details: Any, response: Any) -> str:
        """Workspace and user, because a user id is unique only within its workspace (slack.md A8.3)."""
        claims = self.id_token or {}
        team, user = claims.get(TEAM), claims.get(USER)
        if not team or not user:
            raise AuthResponseError(self, claim=USER, code="missing_claim", stage="pipeline")
        return f"{team}:{user}"

    def get_user_details(self, response: Any) -> dict[str, Any]:
        """From the id_token alone; keys that stand beside it in the token answer are not signed by anybody."""
        details: dict[str, Any] = super().get_user_details({})  # type: ignore[no-untyped-call]
        return details

    def extra_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Sign-in tokens are not stored (DESIGN.md section 8)."""
        data = super().extra_data(*args, **kwargs)
        return {name: value for name, value in data.items() if name not in TOKENS}

    def oidc_config(self) -> dict[str, Any]:
        """Refused: endpoints are pinned."""
        raise AuthConfigurationError(
            self, parameter="OIDC_ENDPOINT", code="unsupported_feature", stage="begin"
        )
