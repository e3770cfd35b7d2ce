"""The settings page: who may see it, what it saves, what it says (DESIGN.md section 6.4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from click.testing import CliRunner
from pyramid.request import Request
from sqlalchemy import text

from cocoom_hooks.payloads import Role, Tenant
from cocoom_slack_plugin.commands.login import login
from cocoom_slack_plugin.login.entry import administration_entry
from cocoom_slack_plugin.runtime import Runtime

from .host import ACME, GLOBEX, OFF, SESSION
from .visitor import TOKEN, Visitor

FORM = {"policy": "invited", "domains": "", "role": "reader", "pin": "workspace"}


@pytest.fixture
def ada(people: Any, visitor: Any) -> Visitor:
    return administrator(people, visitor, ACME)


def administrator(people: Any, visitor: Any, tenant: Tenant) -> Visitor:
    people.users[tenant.id, "u-ada"] = replace(
        people.add(tenant, "u-ada", "ada@acme.example"), display_name="Ada <Admin>", role=Role.ADMINISTRATOR
    )
    somebody: Visitor = visitor(tenant)
    people.sessions[f"ada-{tenant.id}"] = (tenant.id, "u-ada")
    somebody.app.set_cookie(SESSION, f"ada-{tenant.id}")
    return somebody


def stored(rows: Any, tenant: str = "acme") -> Any:
    with rows.engine.connect() as open_:
        found = open_.execute(text(f"SELECT * FROM cocoom_slack_connection WHERE tenant_id = '{tenant}'"))
        return found.one()


def save(somebody: Visitor, rows: Any, **fields: str) -> Any:
    token = TOKEN.search(somebody.get("/slack/login").text)
    assert token
    given = {"csrf_token": token[1], **FORM, "version": str(stored(rows).version), **fields}
    return somebody.app.post(
        "/slack/login", given, headers={"Origin": somebody.tenant.url}, expect_errors=True
    )


def test_what_it_shows(ada: Visitor, rows: Any, slack: Any) -> None:
    page = ada.get("/slack/login")
    for said in (
        "Sign in with Slack is on, for the workspace Acme Workspace.",
        "Who may enter",
        "Make a test sign-in",
        "There was no success",
        "There were none yet.",
    ):
        assert said in page.text
    assert "organisation" not in page.text
    policy = page.headers["Content-Security-Policy"]
    assert f"form-action 'self' https: {slack.url}" in policy
    assert "default-src 'none'" in policy
    assert page.headers["Cache-Control"] == "no-store"
    assert rows.audit == []


def test_saved(ada: Visitor, rows: Any) -> None:
    before = stored(rows).version
    answer = save(
        ada, rows, policy="domains", domains="Acme.Example, bücher.example", role="contributor", guests="yes"
    )
    assert answer.headers["Location"] == "https://acme.cocoom.test/slack/login?done=saved"
    now = stored(rows)
    assert (now.login_policy, now.login_domains) == ("domains", ["acme.example", "xn--bcher-kva.example"])
    assert (now.login_role, now.login_guests, now.login_pin) == ("contributor", True, "workspace")
    assert now.version == before + 1
    (record,) = rows.audit
    assert (record.action, record.outcome, record.actor) == ("login.settings", "ok", "u-ada")
    assert record.detail["changes"] == {
        "login_policy": {"before": "invited", "after": "domains"},
        "login_domains": {"before": [], "after": ["acme.example", "xn--bcher-kva.example"]},
        "login_role": {"before": "reader", "after": "contributor"},
        "login_guests": {"before": False, "after": True},
    }
    page = ada.get("/slack/login?done=saved").text
    assert 'role="status"' in page
    assert "Saved." in page
    assert 'value="domains" checked' in page
    assert stored(rows, "globex").login_policy == "invited"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"policy": "domains"}, "Name at least one domain."),
        ({"policy": "domains", "domains": "acme"}, "“acme” is no domain"),
        ({"domains": "<script>.example"}, "“&lt;script&gt;.example” is no domain"),
        ({"domains": "{base.id}.example"}, "“{base.id}.example” is no domain"),
        ({"domains": " ".join(f"a{n}.example" for n in range(60))}, "too many domains"),
        ({"pin": "enterprise"}, "does not belong to an Enterprise Grid"),
        ({"role": "administrator"}, "Choose one of the roles."),
    ],
    ids=str,
)
def test_what_cannot_be_is_said_next_to_its_field(
    ada: Visitor, rows: Any, fields: dict[str, str], said: str
) -> None:
    before = stored(rows)
    answer = save(ada, rows, **fields)
    assert answer.status_int == 400
    assert said in answer.text
    assert 'role="alert"' in answer.text
    if "domains" in fields:
        assert 'aria-invalid="true" aria-describedby="domains-problem"' in answer.text
    assert stored(rows) == before
    assert rows.audit == []


@pytest.mark.parametrize(
    "fields",
    [
        {"policy": "everybody"},
        {"policy": ""},
        {"role": "root"},
        {"pin": "x"},
        {"version": "x"},
        {"version": ""},
    ],
    ids=str,
)
def test_what_no_browser_sends(ada: Visitor, rows: Any, fields: dict[str, str]) -> None:
    answer = save(ada, rows, **fields)
    assert answer.status_int == 400
    assert rows.outcomes == ["malformed"]
    assert rows.audit[0].action == "login.settings"


def test_changed_by_somebody_else(ada: Visitor, rows: Any) -> None:
    answer = save(ada, rows, policy="workspace", version="999")
    assert answer.status_int == 409
    assert "Somebody else changed this" in answer.text
    assert stored(rows).login_policy == "invited"


def test_the_enterprise_can_be_pinned_where_there_is_one(ada: Visitor, rows: Any) -> None:
    rows.run("UPDATE cocoom_slack_connection SET enterprise_id = 'E0ACME' WHERE tenant_id = 'acme'")
    assert "From every workspace of the organisation E0ACME" in ada.get("/slack/login").text
    assert save(ada, rows, pin="enterprise").status_int == 303
    assert stored(rows).login_pin == "enterprise"


def test_recent_sign_ins(ada: Visitor, acme: Any, visitor: Any, alice: Any, rows: Any, slack: Any) -> None:
    acme.sign_in()
    slack.control.id_token(claims={"https://slack.com/team_id": "T0OTHER"})
    visitor(ACME).sign_in()
    rows.run(
        "INSERT INTO cocoom_slack_audit (tenant_id, action, outcome, correlation_id) "
        "VALUES ('globex', 'login.sign_in', 'guest', 'foreign1')"
    )
    page = ada.get("/slack/login").text
    for said in (
        "u-alice",
        "unknown",
        "Done",
        "Another Slack workspace",
        "UTC",
        rows.audit[0].correlation_id,
    ):
        assert said in page
    assert "foreign1" not in page
    assert "alice@acme.example" not in page
    save(ada, rows)
    assert "Ada &lt;Admin&gt;" not in ada.get("/slack/login").text, (
        "the settings' own changes are no sign-ins"
    )


def test_at_most_fifty(ada: Visitor, rows: Any) -> None:
    rows.run(
        "INSERT INTO cocoom_slack_audit (tenant_id, action, outcome, correlation_id) "
        "SELECT 'acme', 'login.sign_in', 'a_code_of_tomorrow', 'r' || n FROM generate_series(1, 60) n"
    )
    page = ada.get("/slack/login").text
    assert page.count("a_code_of_tomorrow") == 50
    assert ">r60<" in page
    assert ">r10<" not in page


def test_in_french(people: Any, visitor: Any, rows: Any) -> None:
    gilles = administrator(people, visitor, GLOBEX)
    visitor(GLOBEX).sign_in()
    page = gilles.get("/slack/login").text
    for said in (
        "Connexion avec Slack : réglages",
        "Qui peut entrer",
        "Personne avec cette adresse e-mail",
        "inconnu",
    ):
        assert said in page


# --- who may not ---


@pytest.mark.parametrize(
    ("role", "code"),
    [(Role.READER, "not_administrator"), (Role.CONTRIBUTOR, "not_administrator"), (None, "signed_out")],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_for_administrators_alone(
    ada: Visitor, people: Any, rows: Any, role: Role | None, code: str, method: str
) -> None:
    token = TOKEN.search(ada.get("/slack/login").text)
    assert token
    if role is None:
        people.sessions.clear()
    else:
        people.users["acme", "u-ada"] = replace(people.users["acme", "u-ada"], role=role)
    fields = {"csrf_token": token[1], **FORM, "policy": "workspace", "version": "1"}
    answer = (
        ada.get("/slack/login")
        if method == "get"
        else ada.app.post("/slack/login", fields, headers={"Origin": ACME.url}, expect_errors=True)
    )
    assert answer.status_int == 403
    assert rows.outcomes == [code]
    assert stored(rows).login_policy == "invited"
    assert "Acme Workspace" not in answer.text


def test_the_administrator_of_another_base(people: Any, visitor: Any, rows: Any) -> None:
    foreign = administrator(people, visitor, GLOBEX)
    somebody = visitor(ACME)
    somebody.app.set_cookie(SESSION, str(foreign.session).strip('"'))
    assert somebody.get("/slack/login").status_int == 403
    assert rows.outcomes == ["signed_out"]


@pytest.mark.parametrize("path", ["/slack/login", "/slack/login/only"])
def test_from_elsewhere(ada: Visitor, rows: Any, path: str) -> None:
    ada.get("/slack/login")
    fields = {"csrf_token": "wrong", **FORM, "version": "1", "only": "on"}
    answer = ada.app.post(path, fields, headers={"Origin": "https://evil.example"}, expect_errors=True)
    assert answer.status_int == 400
    assert [(row.action, row.outcome, row.actor) for row in rows.audit] == [
        ("login.settings", "csrf", "u-ada")
    ]


@pytest.mark.parametrize("method", ["head", "put", "delete", "options"])
def test_other_methods(ada: Visitor, rows: Any, method: str) -> None:
    answer = getattr(ada.app, method)("/slack/login/only", expect_errors=True)
    assert answer.status_int == 405


# --- off, and not there ---


def test_the_operators_switch(people: Any, visitor: Any) -> None:
    people.add(OFF, "u-ada", "ada@off.example")
    for path in ("/slack/login", "/slack/login/only", "/slack/login/test"):
        assert visitor(OFF).get(path).text == "the host's own 404"


def test_a_function_that_is_off_can_be_prepared(ada: Visitor, rows: Any) -> None:
    rows.run("UPDATE cocoom_slack_connection SET login_enabled = false WHERE tenant_id = 'acme'")
    page = ada.get("/slack/login").text
    assert "Sign in with Slack is off." in page
    assert "/slack/login/test" not in page
    assert save(ada, rows, policy="workspace").status_int == 303
    assert ada.get("/slack/login/test").text == "the host's own 404"


def test_not_connected(ada: Visitor, rows: Any) -> None:
    token = TOKEN.search(ada.get("/slack/login").text)
    assert token
    rows.run("DELETE FROM cocoom_slack_connection WHERE tenant_id = 'acme'")
    assert "is not connected to Slack yet" in ada.get("/slack/login").text
    fields = {"csrf_token": token[1], **FORM, "version": "1"}
    answer = ada.app.post("/slack/login", fields, headers={"Origin": ACME.url}, expect_errors=True)
    assert answer.status_int == 403
    assert rows.outcomes == ["not_configured"]


def test_a_database_that_fails(ada: Visitor, rows: Any) -> None:
    rows.run("ALTER TABLE cocoom_slack_connection RENAME TO gone")
    try:
        assert ada.get("/slack/login").status_int == 503
    finally:
        rows.run("ALTER TABLE gone RENAME TO cocoom_slack_connection")


# --- what the host shows ---


def test_the_entry(application: Any, ada: Visitor, people: Any) -> None:
    runtime = Runtime.of(application.registry)

    def entry(tenant: Tenant) -> Any:
        headers = {"Host": tenant.url.removeprefix("https://"), "Cookie": f"{SESSION}={ada.session}"}
        request = Request.blank("/", headers=headers)
        request.registry = application.registry
        return administration_entry(runtime, request, tenant)

    found = entry(ACME)
    assert (found.id, found.url) == ("slack-login", "/slack/login")
    assert entry(OFF) is None
    people.users["acme", "u-ada"] = replace(people.users["acme", "u-ada"], role=Role.READER)
    assert entry(ACME) is None


def test_the_option(ada: Visitor, slack: Any) -> None:
    option = ada.get("/login").json
    assert option["leads_to"] == [slack.url]
    assert option["exclusive"] is False


# --- the same from the command line ---


@dataclass
class Deployed:
    """What the command line would load from the host's INI file."""

    runtime: Runtime


@pytest.fixture
def cli(application: Any, rows: Any) -> Callable[..., Any]:
    deployed = Deployed(Runtime.of(application.registry))

    def run(*arguments: str) -> Any:
        return CliRunner().invoke(login, arguments, obj=deployed)

    return run


def test_the_policy_on_the_command_line(cli: Any, rows: Any) -> None:
    shown = cli("policy", "acme")
    assert shown.output == "acme: invited people; guests may not enter; the workspace is pinned\n"
    assert rows.audit == []
    changed = cli(
        "policy", "acme", "--domains", "Acme.Example,bücher.example", "--role", "contributor", "--guests"
    )
    assert changed.exit_code == 0, changed.output
    now = stored(rows)
    assert (now.login_policy, now.login_domains) == ("domains", ["acme.example", "xn--bcher-kva.example"])
    assert (now.login_role, now.login_guests) == ("contributor", True)
    assert cli("policy", "acme", "--workspace", "--no-guests").exit_code == 0
    now = stored(rows)
    assert (now.login_policy, now.login_guests, now.login_role) == ("workspace", False, "contributor")
    assert [row.actor.startswith("cli:") for row in rows.audit] == [True, True]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("policy", "nobody"), "no tenant has the id"),
        (("policy", "off"), "not connected"),
        (("policy", "acme", "--domains", "acme"), "is no domain"),
        (("policy", "acme", "--domains", ""), "at least one domain"),
        (("policy", "acme", "--domains", "a.example", "--workspace"), "choose one"),
        (("policy", "acme", "--pin", "enterprise"), "Enterprise Grid"),
        (("policy", "acme", "--role", "administrator"), "is not one of"),
        (("only", "acme", "on"), "First make a test sign-in"),
    ],
    ids=str,
)
def test_what_cannot_be_on_the_command_line(
    cli: Any, rows: Any, arguments: tuple[str, ...], said: str
) -> None:
    before = stored(rows)
    answer = cli(*arguments)
    assert answer.exit_code != 0
    assert said in answer.output
    assert "Traceback" not in answer.output
    assert stored(rows) == before


def test_slack_only_on_the_command_line(cli: Any, rows: Any) -> None:
    rows.run("UPDATE cocoom_slack_connection SET login_tested_at = now()")
    assert cli("only", "acme", "on").output == "acme: Slack only\n"
    assert stored(rows).login_only is True
    rows.run("UPDATE cocoom_slack_connection SET login_enabled = false")
    assert cli("only", "acme", "off").output == "acme: other ways are open\n"
    assert stored(rows).login_only is False


def test_sign_ins_on_the_command_line(cli: Any, acme: Any, alice: Any) -> None:
    acme.sign_in()
    shown = cli("sign-ins", "acme", "--limit", "5")
    assert shown.exit_code == 0, shown.output
