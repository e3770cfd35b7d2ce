"""Whatever goes wrong: an answer below 500, or exactly 503 with the advice to try again (security.md S150)."""

from __future__ import annotations

import inspect
from typing import Any, get_args
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from social_core import exceptions
from social_core.exceptions import REASONS, ErrorStage, SocialAuthBaseException

from cocoom_slack_plugin.login import slack_errors
from cocoom_slack_plugin.login.backend import SlackOpenIdConnect
from cocoom_slack_plugin.slack_codes import TROUBLES
from tests.functional.login.host import ACME
from tests.functional.login.visitor import Visitor

TOKEN = "openid.connect.token"
FAMILY = sorted(
    (
        each
        for _, each in inspect.getmembers(exceptions, inspect.isclass)
        if issubclass(each, SocialAuthBaseException)
    ),
    key=lambda each: each.__name__,
)
OF_THE_TOKEN_CALL = [
    "bad_client_secret",
    "bad_redirect_uri",
    "cannot_install_an_org_installed_app",
    "invalid_client_id",
    "invalid_code",
    "invalid_grant_type",
    "invalid_refresh_token",
    "oauth_authorization_url_mismatch",
    "preview_feature_not_available",
    "invalid_client",
    "invalid_grant",
    "invalid_request",
    "unsupported_grant_type",
]
"""slack.md A4; the others are D4's, which slack_codes.py holds."""
CODES = sorted(
    {*OF_THE_TOKEN_CALL, *TROUBLES}
    | slack_errors.CONFIGURATION
    | slack_errors.UNAVAILABLE
    | slack_errors.RATE_LIMITED
    | slack_errors.CODE_REJECTED
)
NOW_AND_THEN = {
    *slack_errors.UNAVAILABLE,
    *slack_errors.RATE_LIMITED,
    "service_unavailable",
    "request_timeout",
}
RELAXED = settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def _assert_a_page(answer: Any) -> None:
    assert answer.status_int in (400, 403, 503), answer.status
    if answer.status_int == 503:
        assert "Wait a moment" in answer.text
    assert "Reference" in answer.text or "reference" in answer.text
    assert "Traceback" not in answer.text


def _made(kind: type[SocialAuthBaseException], code: str, stage: str) -> SocialAuthBaseException:
    error = kind.__new__(kind)
    SocialAuthBaseException.__init__(error, None, "text from outside", code=code, stage=stage)  # type: ignore[arg-type]
    return error


@pytest.fixture
def back(application: Any, rows: Any, alice: Any) -> Visitor:
    visitor = Visitor(application, ACME)
    visitor.start()
    return visitor


@pytest.mark.parametrize("kind", FAMILY, ids=lambda kind: kind.__name__)
def test_every_exception_of_social_core_becomes_a_page(back: Visitor, kind: Any) -> None:
    """S150: every class with every code of the library."""
    for code in sorted(REASONS):
        error = _made(kind, code, "callback")
        with patch.object(SlackOpenIdConnect, "auth_complete", side_effect=error):
            _assert_a_page(back.get("/oidc?code=x&state=y"))
    assert back.session is None


@RELAXED
@given(
    kind=st.sampled_from(FAMILY),
    code=st.sampled_from(sorted(REASONS)),
    stage=st.sampled_from(get_args(ErrorStage)),
)
def test_every_exception_at_every_stage_becomes_a_page(
    back: Visitor, kind: Any, code: str, stage: str
) -> None:
    """S150: at the callback, and at the start."""
    error = _made(kind, code, stage)
    with patch.object(SlackOpenIdConnect, "auth_complete", side_effect=error):
        _assert_a_page(back.get("/oidc?code=x&state=y"))
    with patch.object(SlackOpenIdConnect, "auth_url", side_effect=error):
        _assert_a_page(back.press())


@pytest.mark.parametrize(
    "error",
    [
        AttributeError,
        KeyError,
        MemoryError,
        RecursionError,
        UnicodeDecodeError,
        AssertionError,
        OSError,
        StopIteration,
    ],
)
def test_what_no_library_should_raise_becomes_a_page_too(back: Visitor, error: type[Exception]) -> None:
    """S150"""
    given_error = error("utf-8", b"x", 0, 1, "x") if error is UnicodeDecodeError else error("x")
    with patch.object(SlackOpenIdConnect, "auth_complete", side_effect=given_error):
        _assert_a_page(back.get("/oidc?code=x&state=y"))


def test_every_error_code_of_slack_becomes_a_page(
    application: Any, rows: Any, alice: Any, slack: Any
) -> None:
    """S46, S47, S150: whichever of Slack's codes the token call is answered with (the next test varies the status)."""
    visitor = Visitor(application, ACME)
    visitor.app.set_cookie("csrf_token", "t" * 20)
    for code in CODES:
        back = visitor.agree(str(visitor.press(token="t" * 20).headers["Location"]))
        slack.control.fault("error", TOKEN, code=code, times=1)
        answer = visitor.get(back)
        _assert_a_page(answer)
        assert visitor.session is None, code
        if code in NOW_AND_THEN:
            assert answer.status_int == 503, code
        if code in slack_errors.CONFIGURATION:
            assert answer.status_int == 403, code
    assert len(rows.outcomes) == len(CODES)


@RELAXED
@given(
    code=st.sampled_from(CODES) | st.text(max_size=80),
    status=st.sampled_from([200, 400, 401, 403, 404, 429, 500, 502, 503, 504]),
)
def test_any_code_with_any_status_becomes_a_page(
    application: Any, rows: Any, alice: Any, slack: Any, code: str, status: int
) -> None:
    """S46, S47, S150"""
    visitor = Visitor(application, ACME)
    back = visitor.agree(visitor.start())
    slack.control.clear_faults()
    slack.control.fault("error", TOKEN, code=code.encode("utf-8", "replace").decode(), status=status, times=1)
    _assert_a_page(visitor.get(back))
