"""The pages on which apps are made: from a link or a pasted manifest to credentials and a bot token."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from slack_sdk import WebClient

from demo.slack.thread import SlackThread

from .asking import Answer, ask, form
from .test_manifests import GOOD, changed


def words(soup: Any) -> str:
    return " ".join(soup.get_text(" ").split())


def opened(it: SlackThread, manifest: Any) -> Answer:
    """The prefilled page."""
    return ask(f"{it.url}/apps?new_app=1&manifest_json={quote(json.dumps(manifest), safe='')}")


def created(it: SlackThread, manifest: Any, team: str = "T0ACME") -> str:
    """The path of the new app's page."""
    answer = form(f"{it.url}/apps", {"manifest": json.dumps(manifest), "team": team})
    assert answer.status == 303, answer.text
    return answer.location


def shown(it: SlackThread, path: str) -> BeautifulSoup:
    answer = ask(it.url + path)
    assert answer.status == 200
    return BeautifulSoup(answer.text, "html.parser")


def facts(soup: BeautifulSoup) -> dict[str, str]:
    pairs = ((row.find("dt"), row.find("dd")) for row in soup.select("dl > div"))
    return {words(name): words(value) for name, value in pairs}


def allow(it: SlackThread, path: str) -> None:
    assert form(f"{it.url}{path}/install", {"answer": "allow"}).location == path


def test_the_prefilled_page_shows_what_would_be_made(it: SlackThread) -> None:
    answer = opened(it, GOOD)
    assert answer.status == 200
    review = words(BeautifulSoup(answer.text, "html.parser").select_one(".review"))
    for part in ("Cocoom", "Told in Slack", "chat:write", "openid", "https://acme.cocoom.com/oidc"):
        assert part in review
    assert "Acme" in answer.text


def test_an_empty_page_takes_a_pasted_manifest(it: SlackThread) -> None:
    soup = shown(it, "/apps?new_app=1")
    assert words(soup.select_one("textarea")) == ""
    assert soup.select_one(".review") is None
    assert created(it, GOOD).startswith("/apps/A")


def test_the_written_manifest_comes_back_as_it_was(it: SlackThread) -> None:
    area = BeautifulSoup(opened(it, GOOD).text, "html.parser").select_one("textarea")
    assert area is not None
    assert json.loads(area.get_text()) == GOOD


@pytest.mark.parametrize(
    ("manifest", "words_of_it"),
    [
        (changed("display_information/name", "n" * 36), "/display_information/name max_length expected 35"),
        (changed("features/bot_user", None), "/features/bot_user bot scopes require a bot user"),
        ([], "must be an object"),
        (None, "must be an object"),
    ],
)
def test_a_bad_manifest_is_refused_with_the_place(it: SlackThread, manifest: Any, words_of_it: str) -> None:
    before = len(it.slack.world.apps)
    for answer in (opened(it, manifest), form(f"{it.url}/apps", _fields(manifest))):
        assert answer.status == 400
        assert words_of_it in words(BeautifulSoup(answer.text, "html.parser").select_one("[role=alert]"))
    assert len(it.slack.world.apps) == before


def _fields(manifest: Any) -> dict[str, str]:
    return {"manifest": json.dumps(manifest), "team": "T0ACME"}


def test_what_is_not_json_is_refused(it: SlackThread) -> None:
    answer = form(f"{it.url}/apps", {"manifest": "display: <b>", "team": "T0ACME"})
    assert answer.status == 400
    assert "this is not JSON" in answer.text
    assert "<b>" not in answer.text
    assert ask(f"{it.url}/apps?new_app=1&manifest_json=%7B").status == 400


def test_an_unknown_workspace_and_an_unknown_app_are_refused(it: SlackThread) -> None:
    assert form(f"{it.url}/apps", {"manifest": json.dumps(GOOD), "team": "T9"}).status == 400
    assert ask(f"{it.url}/apps/A9").status == 404


def test_the_new_apps_page_has_its_credentials_with_secrets_behind_show(it: SlackThread) -> None:
    path = created(it, GOOD)
    soup = shown(it, path)
    app = it.slack.world.apps[path.rpartition("/")[2]]
    found = facts(soup)
    assert (found["App ID"], found["Client ID"]) == (app.id, app.client_id)
    assert found["Client Secret"] == f"Show {app.client_secret}"
    assert found["Redirect URLs"] == "https://acme.cocoom.com/oidc"
    assert "Bot User OAuth Token" not in found
    hidden = [each.get_text() for each in soup.select("details:not([open]) code")]
    assert hidden == [app.client_secret, app.signing_secret]


def test_installing_gives_a_bot_token_that_works(it: SlackThread, client: Any) -> None:
    path = created(it, GOOD)
    consent = ask(f"{it.url}{path}/install").text
    assert "Cocoom is requesting permission to access the Acme workspace" in consent
    assert "<code>chat:write</code>" in consent
    assert "openid" not in consent, "people are asked for that when they sign in"
    allow(it, path)
    token = shown(it, path).select_one("#bot-token")
    assert token is not None
    bot: WebClient = client(token.get_text())
    assert bot.auth_test()["app_id"] == path.rpartition("/")[2]
    assert bot.auth_test().headers["x-oauth-scopes"] == "chat:write,im:history"


def test_cancelling_installs_nothing(it: SlackThread) -> None:
    path = created(it, GOOD)
    assert form(f"{it.url}{path}/install", {"answer": "cancel"}).status == 303
    assert shown(it, path).select_one("#bot-token") is None


def test_an_app_without_a_bot_has_nothing_to_install(it: SlackThread) -> None:
    login = changed("oauth_config/scopes/bot", None)
    login.pop("features")
    path = created(it, login)
    assert "need not be installed" in words(shown(it, path))
    assert ask(f"{it.url}{path}/install").status == 400
    assert form(f"{it.url}{path}/install", {"answer": "allow"}).status == 400


def test_a_changed_manifest_takes_effect_when_the_app_is_installed_again(
    it: SlackThread, client: Any
) -> None:
    path = created(it, GOOD)
    allow(it, path)
    wider = changed("oauth_config/scopes/bot", ["chat:write", "users:read"])
    assert form(f"{it.url}{path}/manifest", {"manifest": json.dumps(wider)}).status == 303
    soup = shown(it, path)
    assert "reinstall your app" in words(soup.select_one("[role=status]"))
    token = soup.select_one("#bot-token")
    assert token is not None
    bot: WebClient = client(token.get_text())
    assert "users:read" not in bot.auth_test().headers["x-oauth-scopes"]
    allow(it, path)
    assert bot.auth_test().headers["x-oauth-scopes"] == "chat:write,im:history,users:read", "scopes add up"
    assert shown(it, path).select_one("[role=status]") is None


def test_a_bad_change_is_refused_and_changes_nothing(it: SlackThread) -> None:
    path = created(it, GOOD)
    answer = form(f"{it.url}{path}/manifest", {"manifest": json.dumps(changed("extra", {}))})
    assert answer.status == 400
    assert "is not a known property" in answer.text
    assert "&#34;extra&#34;" in answer.text, "what was written is still there"
    area = shown(it, path).select_one("textarea")
    assert area is not None
    assert json.loads(area.get_text()) == GOOD


def test_the_list_leads_to_every_app(it: SlackThread) -> None:
    path = created(it, GOOD, team="T0GLOBEX")
    links = {link["href"] for link in shown(it, "/apps").select("tbody a")}
    assert {path, "/apps/A0ACME", "/apps/A0GLOBEX", "/apps/A0ORION"} == links
    assert shown(it, "/").select_one("a[href='/apps']") is not None


def test_the_seeded_app_shows_what_it_was_made_with(it: SlackThread) -> None:
    found = facts(shown(it, "/apps/A0ACME"))
    assert found["Bot User OAuth Token"] == "xoxb-demo-acme"
    assert found["Client ID"] == "1000000001.2000000001"


def test_the_pages_have_the_strict_policy_of_the_others(it: SlackThread) -> None:
    for path in ("/apps", "/apps?new_app=1", "/apps/A0ACME", "/apps/A0ACME/install"):
        answer = ask(it.url + path)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
