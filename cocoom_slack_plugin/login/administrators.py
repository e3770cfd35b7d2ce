"""Pages and buttons for the administrators of a tenant alone."""

from __future__ import annotations

from typing import Any

from cocoom_hooks.payloads import User
from cocoom_slack_plugin.login.admission import Admitted
from cocoom_slack_plugin.login.refusals import Code, Refused
from cocoom_slack_plugin.runtime import Runtime


def administrator(request: Any) -> User:
    """The administrator behind this request. Raises Refused for nobody and for anybody else; the host decides."""
    admitted: Admitted = request.cocoom_slack_login
    hooks = Runtime.of(request).hooks
    user = hooks.current_user(request)
    if user is None:
        raise Refused(Code.SIGNED_OUT)
    if not hooks.may_administer(request, admitted.tenant):
        raise Refused(Code.NOT_ADMINISTRATOR)
    return user
