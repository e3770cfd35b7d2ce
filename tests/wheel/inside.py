"""Runs in the empty environment, isolated from the source tree: the ten lines, with nothing but the wheel installed."""

from __future__ import annotations

import importlib.util
import sys
from configparser import ConfigParser
from importlib import resources
from pathlib import Path
from typing import Any

from webob import Request


def main(folder: Path) -> None:
    only_what_was_installed()
    sys.path.insert(0, str(folder))
    parser = ConfigParser(interpolation=None)
    parser.read(folder / "host.ini")
    from host import main as make_host  # type: ignore[import-not-found]

    host = make_host({}, **dict(parser["app:main"]))
    say("the host starts, so its tables are there")
    answers(host)
    speaks_french()


def only_what_was_installed() -> None:
    for name in ("bench", "build", "demo", "hooks", "tests", "webtest"):
        assert importlib.util.find_spec(name) is None, f"{name} can be imported"
    for name in ("cocoom_slack_plugin", "cocoom_hooks"):
        found = importlib.util.find_spec(name)
        assert found is not None, f"{name} cannot be imported"
        assert found.origin is not None, f"{name} has no origin"
        assert Path(found.origin).is_relative_to(sys.prefix), f"{name} comes from {found.origin}"
    versions = resources.files("cocoom_slack_plugin.migrations") / "versions"
    revisions = [each.name for each in versions.iterdir() if each.name.endswith(".py")]
    assert revisions, "no migration was found"
    say(f"imported from the wheel alone; migrations: {', '.join(sorted(revisions))}")


def answers(host: Any) -> None:
    own = status(host, "globex", "/oidc")
    assert own == 404, f"/oidc of a tenant without login answered {own} instead of the host's 404"
    connect_acme(host)
    for address, wanted in {"/oidc": 400, "/slack/sign-in": 200, "/slack/static/pages.css": 200}.items():
        got = status(host, "acme", address)
        assert got == wanted, f"{address} answered {got} instead of {wanted}"
    say("/oidc is the host's for Globex and the plugin's for Acme; page and stylesheet are there")


def status(host: Any, subdomain: str, path: str) -> int:
    name = f"{subdomain}.cocoom.test"
    request = Request.blank(path, base_url=f"https://{name}", headers={"Host": name})
    code: int = request.get_response(host).status_int
    return code


def connect_acme(host: Any) -> None:
    from sqlalchemy import insert

    from cocoom_slack_plugin.connections.tables import connection
    from cocoom_slack_plugin.database import transaction

    acme = {"tenant_id": "t-acme", "team_id": "T0ACME", "login_enabled": True}
    with transaction(host.registry.cocoom_hooks) as dbsession:
        dbsession.execute(insert(connection).values(**acme, client_id="1.1", sealed_client_secret="sealed"))


def speaks_french() -> None:
    from cocoom_slack_plugin.translations import translations

    assert translations("fr").gettext("Sign in") != "Sign in", "the French texts are missing"
    say("the French texts are there")


def say(text: str) -> None:
    print(text)  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
