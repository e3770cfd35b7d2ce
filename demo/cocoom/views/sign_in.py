"""The login page: the base's own form, and every way that a plugin offers."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther

from cocoom_hooks.payloads import SignInOption
from demo.cocoom import queries
from demo.cocoom.actions import people
from demo.cocoom.actions.acting import Acting
from demo.cocoom.headers import content_security_policy
from demo.cocoom.next_page import next_page
from demo.cocoom.passwords import DEMO_PASSWORD, is_password
from demo.cocoom.tables import UserRow
from demo.cocoom.views.page import deed, go_to, open_page


@open_page("login", "login")
def login(request: Any) -> Any:
    wanted = next_page(request.params.get("next"))
    return go_to(wanted) if request.identity else _page(request, wanted)


@deed("login", right=None, renderer="login")
def sign_in(request: Any) -> Any:
    wanted = next_page(request.POST.get("next"))
    if _only_by(_options(request)):
        return _refuse(request, wanted, "This base wants you to sign in another way.")
    user = _account(request)
    if user is None:
        return _refuse(request, wanted, "This e-mail and password do not go together.")
    if not people.activate(
        Acting(request.dbsession, request.registry.cocoom_hooks, request.tenant, user), user
    ):
        return _refuse(request, wanted, "This account was deactivated. Please ask your administrator.")
    headers = request.registry.cocoom_hooks.log_in(request, request.tenant, user.id)
    return HTTPSeeOther(location=wanted, headers=headers)


@deed("sign_out", right=None)
def sign_out(request: Any) -> Any:
    request.session.invalidate()
    return go_to("/login")


@open_page("oidc", "oidc")
def oidc(request: Any) -> Any:
    """For identity providers (cocoom.md 2.4): plugins claim it for the bases that use theirs."""
    return {}


def _account(request: Any) -> UserRow | None:
    found = queries.users_by_email(request.dbsession, request.tenant.id, request.POST.get("email", ""))
    user = found[0] if len(found) == 1 else None
    given = request.POST.get("password", "")
    return user if is_password(given, user.password_hash if user else None) else None


def _refuse(request: Any, wanted: str, fault: str) -> dict[str, Any]:
    request.response.status_int = 403
    return _page(request, wanted) | {"fault": fault}


def _page(request: Any, wanted: str) -> dict[str, Any]:
    options = _options(request)
    # Browsers hold form-action against the redirects that follow a POST, too.
    origins = " ".join(sorted({"'self'", *(origin for option in options for origin in option.leads_to)}))
    request.response.headers["Content-Security-Policy"] = content_security_policy(form_action=origins)
    own_form = not _only_by(options)
    return {"next": wanted, "options": options, "own_form": own_form, "demo_password": DEMO_PASSWORD}


def _options(request: Any) -> list[SignInOption]:
    options: list[SignInOption] = request.registry.cocoom_hooks.sign_in_options(request, request.tenant)
    return _only_by(options) or options


def _only_by(options: list[SignInOption]) -> list[SignInOption]:
    """The options that the base wants alone, beside which its own form is shown to nobody."""
    return [option for option in options if option.exclusive]
