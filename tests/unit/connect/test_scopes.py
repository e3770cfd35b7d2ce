"""Which permission is for what, and what is wanted beside what was granted (features.md 6, 13, 81)."""

from __future__ import annotations

import ast
import re
from importlib import resources
from pathlib import Path

import pytest

from cocoom_slack_plugin.connect.features import COSTS, PURPOSES, Feature, Wish
from cocoom_slack_plugin.connect.scopes import SENTENCES, compare, in_order, lacking, sentence, working
from cocoom_slack_plugin.errors import InvalidInput
from cocoom_slack_plugin.login.backend import SlackOpenIdConnect
from cocoom_slack_plugin.slack_scopes import SIGN_IN, Scope
from cocoom_slack_plugin.switches import Function
from cocoom_slack_plugin.translations import LOCALES, translations

PACKAGE = Path(str(resources.files("cocoom_slack_plugin")))
SCOPE_LIKE = re.compile(r"(chat|users|channels|groups|im|mpim|reactions|files):[a-z]+(\.[a-z]+)?")
LOGIN, NOTIFICATIONS = Function.LOGIN, Function.NOTIFICATIONS


def wish(*functions: Function, features: tuple[Feature, ...] = ()) -> Wish:
    return Wish.of(functions, features)


def test_login_asks_each_user_for_three_and_the_workspace_for_nothing() -> None:
    """81"""
    assert wish(LOGIN).user_scopes == ("openid", "email", "profile")
    assert wish(LOGIN).bot_scopes == ()


def test_notifications_ask_for_one_and_no_user_for_anything() -> None:
    """81"""
    assert wish(NOTIFICATIONS).user_scopes == ()
    assert wish(NOTIFICATIONS).bot_scopes == ("chat:write",)


@pytest.mark.parametrize(
    ("feature", "adds"),
    [
        (Feature.PUBLIC_CHANNELS, ["chat:write.public"]),
        (Feature.DIRECT_MESSAGES, ["users:read", "users:read.email"]),
        (Feature.LOOKING_BEFORE_RESENDING, ["channels:history", "groups:history", "im:history"]),
        (Feature.LEAVERS, ["users:read"]),
        (Feature.CHANNEL_PICKER, ["channels:read", "groups:read"]),
    ],
)
def test_each_feature_adds_its_own_and_no_more(feature: Feature, adds: list[str]) -> None:
    """81"""
    assert list(wish(*Function, features=(feature,)).bot_scopes) == ["chat:write", *adds]


def test_the_table_of_features_holds_every_feature_and_every_scope_belongs_to_something() -> None:
    assert set(COSTS) == set(Feature)
    of_features = {scope for costs in COSTS.values() for scope in costs.scopes}
    assert of_features | {Scope.CHAT_WRITE, *SIGN_IN} == set(Scope)


@pytest.mark.parametrize("feature", [each for each in Feature if COSTS[each].functions == {NOTIFICATIONS}])
def test_a_feature_of_notifications_is_nothing_for_login_alone(feature: Feature) -> None:
    with pytest.raises(InvalidInput, match=f"{feature}: this needs notifications"):
        wish(LOGIN, features=(feature,))


def test_leavers_need_login_for_its_sessions_and_notifications_for_its_bot() -> None:
    with pytest.raises(InvalidInput, match="leavers: this needs login"):
        wish(NOTIFICATIONS, features=(Feature.LEAVERS,))
    with pytest.raises(InvalidInput, match="leavers: this needs notifications"):
        wish(LOGIN, features=(Feature.LEAVERS,))


def test_an_app_for_nothing_is_no_app() -> None:
    with pytest.raises(InvalidInput, match="for login, for notifications, or for both"):
        wish()


@pytest.mark.parametrize("locale", LOCALES)
def test_every_permission_function_and_feature_is_explained_in_one_sentence(locale: str) -> None:
    """13"""
    assert set(SENTENCES) == set(Scope)
    purposes = [*PURPOSES.values(), *(costs.purpose for costs in COSTS.values())]
    said = [sentence(scope, locale) for scope in Scope] + [translations(locale).gettext(p) for p in purposes]
    assert len(set(said)) == len(Scope) + len(Feature) + len(Function)
    assert all(text.endswith(".") and text.count(". ") == 0 and len(text) < 150 for text in said)


def test_a_permission_that_we_do_not_know_is_said_to_be_of_no_use() -> None:
    assert sentence("files:write", "en") == "Cocoom does not use this permission."
    assert sentence("files:write", "fr") == "Cocoom n’utilise pas ce droit."


def test_comparing_names_what_is_missing_and_what_is_superfluous() -> None:
    """6"""
    found = compare(["users:read", "chat:write"], ["files:write", "chat:write", "channels:read"])
    assert found.wanted == ("chat:write", "users:read")
    assert found.granted == ("chat:write", "channels:read", "files:write")
    assert found.missing == ("users:read",)
    assert found.superfluous == ("channels:read", "files:write")


def test_the_same_is_neither_missing_nor_superfluous() -> None:
    found = compare(["chat:write"], ["chat:write", "chat:write"])
    assert (found.missing, found.superfluous, found.granted) == ((), (), ("chat:write",))


def test_scopes_stand_in_our_order_and_strange_ones_last() -> None:
    assert in_order(["zzz", "aaa", "users:read", "chat:write"]) == ("chat:write", "users:read", "aaa", "zzz")


def test_what_something_lacks_is_said_scope_by_scope() -> None:
    """6"""
    assert lacking(Feature.DIRECT_MESSAGES, ["users:read"]) == (Scope.USERS_READ_EMAIL,)
    assert lacking(Feature.DIRECT_MESSAGES, ["users:read", "users:read.email"]) == ()
    assert lacking(NOTIFICATIONS, []) == (Scope.CHAT_WRITE,)
    assert lacking(LOGIN, []) == ()


def test_features_work_where_scopes_and_functions_are_there() -> None:
    granted = ["chat:write", "users:read", "users:read.email"]
    assert working(set(Function), granted) == {Feature.DIRECT_MESSAGES, Feature.LEAVERS}
    assert working({NOTIFICATIONS}, granted) == {Feature.DIRECT_MESSAGES}
    assert working({LOGIN}, granted) == set()


def test_login_asks_slack_for_what_the_manifest_declares() -> None:
    assert tuple(SlackOpenIdConnect.DEFAULT_SCOPE or ()) == wish(LOGIN).user_scopes


def test_the_code_uses_no_scope_that_no_manifest_would_ask_for() -> None:
    used = {
        node.value
        for source in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(source.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SCOPE_LIKE.fullmatch(node.value)
    }
    assert used <= set(map(str, Scope))
    assert "chat:write" in used
