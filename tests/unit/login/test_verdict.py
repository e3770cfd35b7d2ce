from __future__ import annotations

import logging
from typing import get_args

import pytest
from social_core import exceptions
from social_core.exceptions import (
    REASONS,
    AuthConfigurationError,
    AuthInputError,
    AuthProviderError,
    AuthResponseError,
    ErrorStage,
    SocialAuthBaseException,
)
from sqlalchemy.exc import OperationalError

from cocoom_slack_plugin.errors import SecretUnreadable
from cocoom_slack_plugin.login.refusals import Code, Refused
from cocoom_slack_plugin.login.verdict import only_refusals, refusal


@pytest.mark.parametrize("code", sorted(REASONS))
def test_every_code_of_social_core_has_a_verdict(code: str) -> None:
    """A new major version with a new code fails here only if it cannot be handled at all."""
    for stage in get_args(ErrorStage):
        assert refusal(SocialAuthBaseException(None, code=code, stage=stage)).reason in Code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (AuthInputError(None, parameter="state", code="missing_parameter"), Code.STATE_MISSING),
        (AuthInputError(None, parameter="code", code="missing_parameter"), Code.CODE_MISSING),
        (AuthInputError(None, parameter="iss"), Code.MIX_UP),
        (AuthInputError(None, parameter="state"), Code.MALFORMED),
        (AuthResponseError(None, claim="id_token", code="missing_claim"), Code.BAD_ANSWER),
        (AuthResponseError(None, claim="exp", code="missing_claim"), Code.TOKEN_INVALID),
        (AuthConfigurationError(None), Code.CONFIGURATION),
        (AuthProviderError(None, code="tls_error"), Code.TLS),
        (exceptions.AuthUnknownError(None), Code.BAD_ANSWER),
    ],
)
def test_verdicts(error: SocialAuthBaseException, code: Code) -> None:
    assert refusal(error).reason is code


@pytest.mark.parametrize("given", ["<script>", "a\nb", "x" * 65, "Upper", 5])
def test_only_codes_of_slacks_form_are_repeated(given: object) -> None:
    error = AuthProviderError(None, "text from outside", provider_code=given)  # type: ignore[arg-type]
    assert refusal(error).detail == {"stage": "unknown"}


def test_nothing_but_refusals_gets_out(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for error, code in (
        (KeyError("claim-value"), Code.BAD_ANSWER),
        (RecursionError("claim-value"), Code.BAD_ANSWER),
        (SecretUnreadable("x"), Code.NOT_CONFIGURED),
        (OperationalError("claim-value", {}, Exception("claim-value")), Code.UNAVAILABLE),
        (Refused(Code.AMBIGUOUS), Code.AMBIGUOUS),
    ):
        with pytest.raises(Refused) as caught, only_refusals():
            raise error
        assert caught.value.reason is code
        assert "claim-value" not in str(caught.value) + str(caught.value.detail)
    assert "claim-value" not in caplog.text
    assert "KeyError in test_verdict.py" in caplog.text
