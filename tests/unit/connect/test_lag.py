"""How far a connected app is from what is wanted, and what works with it (features.md 6)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cocoom_slack_plugin.connect.features import Feature
from cocoom_slack_plugin.connect.lag import INSTALL_AGAIN, Lag, connected, lag_of, wish_of
from cocoom_slack_plugin.connect.readiness import readiness_of
from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.errors import InvalidInput
from cocoom_slack_plugin.switches import Function

Make = Callable[..., Connection]
SLACK = "https://slack.com"


def lag(connection: Connection, *features: Feature) -> Lag:
    return lag_of(connection, wish_of(connection, features or None), SLACK)


def said(found: Lag, locale: str = "en") -> list[str]:
    return [change.said(locale) for change in found.changes]


def test_an_app_that_is_as_wanted_needs_nothing(connection: Make) -> None:
    found = lag(connection("chat:write", "chat:write.public"))
    assert (found.changes, found.bot.missing, found.bot.superfluous) == ((), (), ())
    assert found.address == "https://api.slack.com/apps/A0ACME"


def test_a_missing_scope_is_explained_and_followed_by_installing_again(connection: Make) -> None:
    found = lag(connection("chat:write", "users:read"), Feature.DIRECT_MESSAGES)
    assert found.bot.missing == ("users:read.email",)
    assert said(found) == [
        "Add the bot scope users:read.email under “OAuth & Permissions”. "
        "Lets the bot find somebody in the workspace by their e-mail address.",
        "Then install the app in the workspace again, and connect it again: until then nothing has changed.",
    ]
    french = said(found, "fr")
    assert french[0].startswith("Ajoutez le droit de bot users:read.email sous")
    assert "Permet au bot de trouver" in french[0]


def test_superfluous_scopes_are_named_with_what_removing_them_takes(connection: Make) -> None:
    found = lag(connection("chat:write", "files:write", "users:read.email"))
    assert found.bot.superfluous == ("users:read.email", "files:write")
    assert [change.scope for change in found.changes] == ["users:read.email", "files:write"]
    assert "uninstalled and installed anew" in said(found)[0]
    assert "Retirez-le" in said(found, "fr")[0]


def test_installing_again_is_said_once_and_only_after_an_addition(connection: Make) -> None:
    found = lag(connection("files:write"), Feature.PUBLIC_CHANNELS)
    assert [change.text for change in found.changes].count(INSTALL_AGAIN) == 1
    assert found.changes[2].text == INSTALL_AGAIN
    assert [change.scope for change in found.changes] == [
        "chat:write",
        "chat:write.public",
        "",
        "files:write",
    ]


def test_without_a_choice_the_features_that_work_already_are_wanted(connection: Make) -> None:
    known = connection("chat:write", "channels:read", "groups:read", "users:read")
    assert wish_of(known).features == {Feature.CHANNEL_PICKER, Feature.LEAVERS}
    assert lag(known).changes == ()


def test_what_only_a_sign_in_can_prove_is_said_until_one_did(connection: Make) -> None:
    found = lag(connection("chat:write", login_tested_at=None))
    assert "make a test sign-in" in said(found)[0]
    assert "essai de connexion" in said(found, "fr")[0]
    alone = connection("chat:write", login_tested_at=None, client_id=None)
    assert lag(alone).changes == ()


def test_a_function_counts_by_its_credentials_also_when_it_is_off_today(connection: Make) -> None:
    off = connection("chat:write", notifications_enabled=False, login_enabled=False)
    assert connected(off) == set(Function)
    assert lag(off).changes == ()


def test_an_app_of_login_alone_is_found_in_the_list(connection: Make) -> None:
    found = lag(connection(sealed_bot_token=None, app_id=None))
    assert found.address == "https://api.slack.com/apps"
    assert found.bot.wanted == ()


def test_a_feature_of_a_function_that_is_not_connected_is_refused(connection: Make) -> None:
    with pytest.raises(InvalidInput, match="public-channels: this needs notifications"):
        lag(connection(sealed_bot_token=None), Feature.PUBLIC_CHANNELS)


def states(connection: Connection | None, locale: str = "en") -> dict[str, str]:
    return {each.what: each.said(locale) for each in readiness_of(connection)}


def test_each_function_and_feature_works_or_names_its_scopes(connection: Make) -> None:
    assert states(connection("chat:write", "users:read")) == {
        "login": "works",
        "notifications": "works",
        "public-channels": "needs chat:write.public",
        "direct-messages": "needs users:read.email",
        "looking-before-resending": "needs channels:history groups:history im:history",
        "leavers": "works",
        "channel-picker": "needs channels:read groups:read",
    }


def test_readiness_is_said_in_french(connection: Make) -> None:
    found = states(connection("chat:write", login_tested_at=None), "fr")
    assert found["login"] == "à prouver par un essai de connexion"
    assert found["notifications"] == "fonctionne"
    assert found["public-channels"] == "il manque chat:write.public"


def test_a_token_that_may_not_post_is_said_to_lack_that(connection: Make) -> None:
    assert states(connection())["notifications"] == "needs chat:write"


def test_without_a_connection_nothing_works(connection: Make) -> None:
    found = states(None)
    assert (found["login"], found["notifications"]) == ("not connected", "not connected")
    assert found["leavers"] == "needs login, notifications to be connected"
    assert not any(each.works for each in readiness_of(None))


def test_without_notifications_there_is_no_bot_for_leavers(connection: Make) -> None:
    found = states(connection(sealed_bot_token=None))
    assert found["leavers"] == "needs notifications to be connected"
