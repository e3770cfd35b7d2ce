"""`cocoom-slack manifest` and `scopes`: from the wanted app to a connected one, and how far one is from the other."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from bs4 import BeautifulSoup

from cocoom_slack_plugin.connect.icon import ICON
from demo.slack.control import Control
from demo.slack.manifests.rules import problems

from .conftest import Deployment

BOT = {"COCOOM_SLACK_BOT_TOKEN": "xoxb-demo-acme"}


def stdout(deployment: Deployment, *arguments: str) -> str:
    """What a pipe would get."""
    result = deployment.run(*arguments)
    assert result.exit_code == 0, result.output
    return str(result.stdout)


def states(said: str) -> dict[str, str]:
    """The first two columns of a printed table's rows."""
    rows = [[cell.strip() for cell in line.split("│")] for line in said.splitlines() if "│" in line]
    return {row[1]: row[2] for row in rows}


def test_the_manifest_is_json_that_slack_takes(deployment: Deployment) -> None:
    """3"""
    manifest = json.loads(stdout(deployment, "manifest", "acme"))
    assert problems(manifest) == []
    oauth = manifest["oauth_config"]
    assert oauth["redirect_urls"] == ["http://acme.localhost:6543/oidc"]
    assert oauth["scopes"] == {"user": ["openid", "email", "profile"], "bot": ["chat:write"]}
    assert manifest["display_information"]["background_color"] == "#175AE4"


def test_each_function_by_itself(deployment: Deployment) -> None:
    login = json.loads(stdout(deployment, "manifest", "acme", "--login"))
    notifications = json.loads(stdout(deployment, "manifest", "acme", "--notifications", "--json"))
    assert "bot" not in login["oauth_config"]["scopes"]
    assert "user" not in notifications["oauth_config"]["scopes"]
    assert problems(login) == problems(notifications) == []


def test_features_are_chosen_one_by_one(deployment: Deployment) -> None:
    """81"""
    wanted = ("--with", "public-channels", "--with", "leavers")
    manifest = json.loads(stdout(deployment, "manifest", "acme", *wanted))
    assert manifest["oauth_config"]["scopes"]["bot"] == ["chat:write", "chat:write.public", "users:read"]


def test_a_feature_without_its_function_is_refused(deployment: Deployment) -> None:
    said = deployment.bad("manifest", "acme", "--login", "--with", "channel-picker")
    assert "channel-picker: this needs notifications" in said


def test_what_the_operator_does_not_allow_is_not_in_it(make: Callable[..., Deployment]) -> None:
    made = make(tenants="acme notifications\n    globex")
    assert "user" not in json.loads(stdout(made, "manifest", "acme"))["oauth_config"]["scopes"]
    said = made.bad("manifest", "acme", "--login")
    assert "the setting cocoom_slack.tenants does not let acme use login" in said
    assert "does not let globex use anything" in made.bad("manifest", "globex")


def test_the_colour_is_a_setting(make: Callable[..., Deployment]) -> None:
    made = make()
    made.ini.write_text(
        made.ini.read_text("utf-8").replace("[alembic]", "cocoom_slack.app_color = #0F5AE5\n\n[alembic]"),
        "utf-8",
    )
    manifest = json.loads(stdout(made, "manifest", "acme"))
    assert manifest["display_information"]["background_color"] == "#0F5AE5"


def test_an_unknown_tenant_is_named(deployment: Deployment) -> None:
    assert "no tenant has the id or subdomain 'nobody'" in deployment.bad("manifest", "nobody")
    assert "no tenant has the id or subdomain 'nobody'" in deployment.bad("scopes", "nobody")


def test_a_file_holds_the_same_and_what_to_do_with_it_is_said(deployment: Deployment, tmp_path: Path) -> None:
    file = tmp_path / "acme.json"
    result = deployment.run("manifest", "acme", "--output", str(file))
    assert result.exit_code == 0, result.output
    assert json.loads(file.read_text("utf-8")) == json.loads(stdout(deployment, "manifest", "acme"))
    assert f"written to {file}" in result.stdout
    assert "/apps takes it" in result.stdout
    assert "do not go together" in deployment.bad("manifest", "acme", "--link", "--output", str(file))


def test_where_the_icon_is_and_goes_is_said_beside_the_manifest(deployment: Deployment) -> None:
    result = deployment.run("manifest", "acme")
    assert str(ICON) in result.stderr
    assert "“Display Information”" in result.stderr
    assert Path(str(ICON)).is_file()


# From the link to a connected base


def _page(address: str, fields: dict[str, str] | None = None) -> tuple[str, BeautifulSoup]:
    """The address one ends at, and the page there; posts where there are fields."""
    parts = urlsplit(address)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    try:
        body = urlencode(fields) if fields is not None else None
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
        path = f"{parts.path}?{parts.query}"
        connection.request("POST" if body is not None else "GET", path, body, headers)
        answer = connection.getresponse()
        if answer.status == 303:
            return _page(f"{parts.scheme}://{parts.netloc}{answer.headers['Location']}")
        assert answer.status == 200, answer.read()
        return address, BeautifulSoup(answer.read(), "html.parser")
    finally:
        connection.close()


def _make_app(slack: Control, link: str, *, bot: bool = True) -> dict[str, str]:
    """Open the link, create, install where there is a bot; what the app's page then shows."""
    _, form = _page(link)
    area = form.select_one("textarea")
    assert area is not None
    address, page = _page(f"{slack.url}/apps", {"manifest": area.get_text(), "team": "T0ACME"})
    if bot:
        _, page = _page(f"{address}/install", {"answer": "allow"})
    rows = ((row.find("dt"), row.find("dd")) for row in page.select("dl > div"))
    shown = {name.get_text(strip=True): value.get_text(strip=True) for name, value in rows if name and value}
    return {**shown, "Client Secret": shown["Client Secret"].removeprefix("Show")}


def test_from_the_link_to_a_connected_base(deployment: Deployment, slack: Control) -> None:
    """3"""
    link = stdout(deployment, "manifest", "acme", "--link", "--with", "direct-messages").strip()
    assert link.startswith(f"{slack.url}/apps?new_app=1&manifest_json=")
    assert json.loads(parse_qs(urlsplit(link).query)["manifest_json"][0])
    app = _make_app(slack, link)
    secrets = {
        "COCOOM_SLACK_BOT_TOKEN": app["Bot User OAuth Token"],
        "COCOOM_SLACK_CLIENT_SECRET": app["Client Secret"],
    }
    said = deployment.good("connect", "acme", "--client-id", app["Client ID"], env=secrets)
    assert "acme is connected to the workspace Acme (T0ACME); on: login, notifications" in said
    row = deployment.connections["t-acme"]
    assert (row.app_id, row.scopes) == (app["App ID"], ["chat:write", "users:read", "users:read.email"])
    found = states(deployment.good("scopes", "acme"))
    assert found["notifications"] == found["direct-messages"] == found["leavers"] == "works"
    assert found["public-channels"] == "needs chat:write.public"


def test_a_base_may_have_an_app_for_each_function(deployment: Deployment, slack: Control) -> None:
    login = stdout(deployment, "manifest", "acme", "--login", "--link").strip()
    first = _make_app(slack, login, bot=False)
    second = _make_app(slack, stdout(deployment, "manifest", "acme", "--notifications", "--link").strip())
    secrets = {
        "COCOOM_SLACK_BOT_TOKEN": second["Bot User OAuth Token"],
        "COCOOM_SLACK_CLIENT_SECRET": first["Client Secret"],
    }
    deployment.good("connect", "acme", "--client-id", first["Client ID"], env=secrets)
    row = deployment.connections["t-acme"]
    assert (row.client_id, row.app_id) == (first["Client ID"], second["App ID"])
    assert states(deployment.good("scopes", "acme"))["notifications"] == "works"


def test_a_lagging_app_is_widened_by_its_new_manifest(deployment: Deployment, slack: Control) -> None:
    """6: what is missing, the updated manifest, and nothing missing any more"""
    app = _make_app(slack, stdout(deployment, "manifest", "acme", "--notifications", "--link").strip())
    secrets = {"COCOOM_SLACK_BOT_TOKEN": app["Bot User OAuth Token"]}
    deployment.good("connect", "acme", "--notifications", env=secrets)
    said = deployment.good("scopes", "acme", "--with", "public-channels")
    assert "missing: chat:write.public" in said
    address = f"{slack.url}/apps/{app['App ID']}"
    assert f"to do at {address}:" in said
    wider = stdout(deployment, "manifest", "acme", "--notifications", "--with", "public-channels")
    _page(f"{address}/manifest", {"manifest": wider})
    _page(f"{address}/install", {"answer": "allow"})
    deployment.good("connect", "acme", "--notifications", env=secrets)
    said = deployment.good("scopes", "acme", "--with", "public-channels")
    assert "missing: nothing" in said
    assert "to do at" not in said


# What the connected app is like


def test_scopes_of_a_base_that_is_not_connected(deployment: Deployment) -> None:
    said = deployment.good("scopes", "acme", "--with", "public-channels")
    assert "acme is not connected; `cocoom-slack manifest acme` begins it" in said
    assert states(said)["notifications"] == "not connected"
    assert re.search(r"chat:write\.public\s*│ the bot\s*│ yes\s*│ no ", said)
    assert re.search(r"openid\s*│ each user\s*│ yes\s*│ at sign-in", said)


def test_missing_and_superfluous_scopes_are_named(deployment: Deployment, slack: Control) -> None:
    """6"""
    slack.set_token_scopes("xoxb-demo-acme", ["chat:write", "files:write", "users:read"])
    deployment.good("connect", "acme", "--notifications", env=BOT)
    said = deployment.good("scopes", "acme", "--with", "direct-messages")
    assert "missing: users:read.email" in said
    assert "superfluous: files:write" in said
    assert "1. Add the bot scope users:read.email under “OAuth & Permissions”." in said
    assert "2. Then install the app in the workspace again" in said
    assert "3. The bot scope files:write is not needed." in said
    assert f"to do at {slack.url}/apps/A0ACME:" in said
    found = states(said)
    assert (found["notifications"], found["direct-messages"]) == ("works", "needs users:read.email")


def test_permissions_are_explained_in_french(deployment: Deployment) -> None:
    """13"""
    deployment.good("connect", "acme", "--notifications", env=BOT)
    said = deployment.good("scopes", "acme", "--locale", "fr")
    assert "Permet au bot de publier des notifications" in said
    assert states(said)["notifications"] == "fonctionne"


def test_login_is_to_be_proved_until_somebody_signed_in(deployment: Deployment, engine: Any) -> None:
    deployment.connect()
    assert states(deployment.good("scopes", "acme"))["login"] == "to be proved by a test sign-in"
    with engine.begin() as open_:
        open_.exec_driver_sql("UPDATE cocoom_slack_connection SET login_tested_at = now()")
    assert states(deployment.good("scopes", "acme"))["login"] == "works"


@pytest.mark.parametrize("command", ["manifest", "scopes"])
def test_nothing_secret_is_shown(deployment: Deployment, command: str) -> None:
    deployment.connect()
    said = deployment.good(command, "acme")
    for secret in ("xoxb-", "acme-client-secret"):
        assert secret not in said
