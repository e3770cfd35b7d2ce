"""The one place where social-core's exceptions become refusals (security.md S150)."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from social_core.exceptions import SocialAuthBaseException
from sqlalchemy.exc import SQLAlchemyError

from cocoom_slack_plugin.errors import NotConnected, SecretUnreadable
from cocoom_slack_plugin.login.refusals import Code, Refused

log = logging.getLogger(__name__)

SLACK_CODE = re.compile(r"[a-z][a-z0-9_]{0,63}")
MISSING = {"state": Code.STATE_MISSING, "code": Code.CODE_MISSING}
BY_CODE = {
    "session_context_missing": Code.SESSION_LOST,
    "state_mismatch": Code.EXPIRED,
    "user_mismatch": Code.EXPIRED,
    "authorization_declined": Code.CANCELLED,
    "missing_setting": Code.CONFIGURATION,
    "invalid_setting": Code.CONFIGURATION,
    "unsupported_feature": Code.CONFIGURATION,
    "backend_missing": Code.CONFIGURATION,
    "authorization_code_rejected": Code.CODE_REJECTED,
    "rate_limited": Code.SLACK_UNAVAILABLE,
    "unavailable": Code.SLACK_UNAVAILABLE,
    "timeout": Code.SLACK_UNAVAILABLE,
    "connection_failed": Code.SLACK_UNAVAILABLE,
    "tls_error": Code.TLS,
    "nonce_mismatch": Code.NONCE_MISMATCH,
    "membership_required": Code.WRONG_WORKSPACE,
    "invalid_claim": Code.TOKEN_INVALID,
    "invalid_signature": Code.TOKEN_INVALID,
    "response_expired": Code.TOKEN_INVALID,
    "response_not_yet_valid": Code.TOKEN_INVALID,
}
"""social-core's stable codes and what they mean here; whatever is not among them is a bad answer."""


@contextmanager
def only_refusals(unforeseen: Code = Code.BAD_ANSWER) -> Iterator[None]:
    """Let nothing but Refused out of a block. A failing database is our trouble, not Slack's.

    ``unforeseen`` is what any other exception counts as.
    """
    try:
        yield
    except Refused:
        raise
    except SocialAuthBaseException as error:
        raise refusal(error) from None
    except (NotConnected, SecretUnreadable) as error:
        raise Refused(Code.NOT_CONFIGURED, problem=error.code) from None
    except SQLAlchemyError as error:
        raise Refused(Code.UNAVAILABLE, problem=type(error).__name__) from None
    except Exception as error:
        log.error("unforeseen in sign-in with Slack: %s", _whereabouts(error))
        raise Refused(unforeseen, problem=type(error).__name__) from None


def refusal(error: SocialAuthBaseException) -> Refused:
    """The refusal for an exception of social-core."""
    return Refused(_reason(error), **_detail(error))


def _reason(error: SocialAuthBaseException) -> Code:
    if error.code == "missing_parameter":
        return MISSING.get(error.parameter or "", Code.MALFORMED)
    if error.code == "invalid_parameter":
        return Code.MIX_UP if error.parameter == "iss" else Code.MALFORMED
    if error.code == "missing_claim" and error.claim not in ("id_token", "access_token"):
        return Code.TOKEN_INVALID
    return BY_CODE.get(error.code, Code.BAD_ANSWER)


def _detail(error: SocialAuthBaseException) -> dict[str, str]:
    """Names only: ``detail`` of the exception may hold texts that came with the request."""
    detail: dict[str, str] = {"stage": error.stage}
    if error.claim:
        detail["claim"] = error.claim
    if isinstance(error.provider_code, str) and SLACK_CODE.fullmatch(error.provider_code):
        detail["slack"] = error.provider_code
    return detail


def _whereabouts(error: Exception) -> str:
    """The exception's type and the way to it. Its text may hold claim values or statement parameters."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    way = " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    return f"{type(error).__name__} in {way}"
