"""How a backend talks to Slack: within one deadline, TLS checked, no redirect followed, no secret in an error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import requests
from social_core.backends.base import BaseAuth, ResponseT_co
from social_core.exceptions import (
    AuthProviderError,
    AuthResponseError,
    ErrorStage,
    SocialAuthBaseException,
)
from social_core.utils import http_error

from cocoom_slack_plugin.login.exchange import Exchange


class BoundedTransport(BaseAuth[ResponseT_co]):
    """Replaces social-core's own HTTP (security.md B2: five seconds per read, redirects followed, no size limit).

    The setting TIMEOUT, in seconds, holds for all calls of one backend object together.
    """

    TIMEOUT = 10.0
    _exchange: Exchange | None = None

    def seconds_left(self) -> float:
        """What remains of the deadline of this callback, for a call that does not pass through here."""
        return self._calls().seconds_left()

    def _calls(self) -> Exchange:
        if self._exchange is None:
            self._exchange = Exchange(float(self.setting("TIMEOUT", self.TIMEOUT)))
        return self._exchange

    def request(
        self,
        url: str,
        *,
        method: Literal["GET", "POST", "DELETE"] = "GET",
        headers: Mapping[str, str | bytes] | None = None,
        data: dict[str, Any] | None = None,
        json: dict[str, Any] | None = None,
        auth: Any = None,
        params: dict[str, Any] | None = None,
        timeout: float | None = None,
        stage: ErrorStage = "user_info",
    ) -> requests.Response:
        """One call within the deadline of this callback. Its errors carry no request, and so no secret."""
        # Without an `auth` of ours, requests would look for one in the operator's netrc file.
        arguments = {"data": data, "json": json, "params": params, "auth": auth or _unchanged}
        plain = {**(headers or {}), "Accept-Encoding": "identity"}
        try:
            response = self._calls().send(method, url, headers=plain, **arguments)
        except requests.RequestException as error:
            raise _transport_error(self, error, stage) from None
        if response.is_redirect or 300 <= response.status_code < 400:
            raise AuthResponseError(self, code="malformed_response", stage=stage)
        if response.status_code >= 400:
            raise http_error(self, requests.HTTPError(response=response), stage=stage)
        return response


def _unchanged(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _transport_error(
    backend: BaseAuth[Any], error: requests.RequestException, stage: ErrorStage
) -> SocialAuthBaseException:
    match error:
        case requests.exceptions.SSLError():
            return AuthProviderError(backend, code="tls_error", stage=stage)
        case requests.Timeout():
            return AuthProviderError(backend, code="timeout", stage=stage)
        case requests.ConnectionError():
            return AuthProviderError(backend, code="connection_failed", stage=stage)
    return AuthResponseError(backend, code="malformed_response", stage=stage)
