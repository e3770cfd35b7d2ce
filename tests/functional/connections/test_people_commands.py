"""`cocoom-slack people`: who is who, who is not found, a match by hand; and what `backlog` says of strangers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from cocoom_slack_plugin.audit import audit
from cocoom_slack_plugin.login import identity
from cocoom_slack_plugin.login.claims import Claims
from cocoom_slack_plugin.people import person as persons
from cocoom_slack_plugin.people import stranger as strangers
from cocoom_slack_plugin.people.person import Person, Source
from cocoom_slack_plugin.people.stranger import Reason
from cocoom_slack_plugin.people.tables import person, stranger
from cocoom_slack_plugin.testing import make_user
from demo.slack.control import Control

from .conftest import Deployment

ALICE, BOB, CHLOE = (f"acme-{name}" for name in ("alice", "bob", "chloe"))


def _match(engine: Engine, user: str, slack_user: str, source: Source, team: str = "T0ACME") -> None:
    with Session(engine) as dbsession:
        persons.match(dbsession, "t-acme", Person(user, team, slack_user, source))
        dbsession.commit()


def _sign_in(engine: Engine, user: str, slack_user: str) -> None:
    """What a sign-in leaves behind."""
    with Session(engine) as dbsession:
        identity.bind(dbsession, "t-acme", Claims("T0ACME", slack_user), user)
        dbsession.commit()


def _miss(
    engine: Engine, user: str, reason: Reason, missed: int, tenant: str = "t-acme", **fields: Any
) -> None:
    with Session(engine) as dbsession:
        strangers.remember(dbsession, tenant, make_user(user, **fields), "T0ACME", reason)
        strangers.count_missed(dbsession, {(tenant, user): missed})
        dbsession.commit()


def _known(deployment: Deployment) -> list[tuple[str, str, str]]:
    return [(row.user_id, row.slack_user_id, row.source) for row in deployment.rows(person)]


@pytest.fixture
def acme(deployment: Deployment) -> Deployment:
    deployment.connect()
    return deployment


class TestList:
    @pytest.fixture
    def mixed(self, acme: Deployment, engine: Engine) -> Deployment:
        _match(engine, ALICE, "U0ALICE", Source.LOGIN)
        _match(engine, BOB, "U0BOB", Source.EMAIL)
        _match(engine, "gone", "U0OLD", Source.HAND, team="T0FORMER")
        _miss(engine, CHLOE, Reason.NOT_FOUND, 3, email="chloe@home.example", display_name="Chloé")
        _miss(engine, "acme-dan", Reason.NO_SCOPE, 7)
        return acme

    def test_without_anybody_it_says_so(self, deployment: Deployment) -> None:
        assert "acme: nobody was looked for yet" in deployment.good("people", "list", "acme")
        assert "acme: everybody was found" in deployment.good("people", "list", "acme", "--unknown")

    def test_it_says_who_is_known_and_how(self, mixed: Deployment) -> None:
        said = mixed.good("people", "list", "acme")
        for line in (
            (ALICE, "Alice Martin", "U0ALICE", "signed in with Slack"),
            (BOB, "Bob Leroy", "U0BOB", "by e-mail"),
            ("gone", "gone from the base", "U0OLD", "by hand in T0FORMER, not the workspace of today"),
        ):
            assert [each for each in said.splitlines() if all(word in each for word in line)], line

    def test_it_says_who_is_not_why_what_they_missed_and_what_to_do(self, mixed: Deployment) -> None:
        for said in (mixed.good("people", "list", "acme"), mixed.good("people", "list", "acme", "--unknown")):
            dan, chloe = (
                next(line for line in said.splitlines() if user in line) for user in ("acme-dan", CHLOE)
            )
            assert said.index(dan) < said.index(chloe), "first who missed most"
            assert "Chloé" in chloe
            assert "chloe@home.example" in chloe
            assert "not found by e-mail" in chloe
            assert " 3 " in chloe
            assert "the app may not look for e-mails" in dan
            assert " 7 " in dan
            assert (
                "let them sign in with Slack once, or `cocoom-slack people match acme USER SLACK_USER`"
                in said
            )
            assert "give the app the scope users:read.email, install it again and connect" in said
        assert "U0BOB" not in said

    def test_programs_read_the_same(self, mixed: Deployment) -> None:
        told = json.loads(mixed.good("people", "list", "acme", "--json"))
        assert told["tenant"] == "acme"
        known = {each["user_id"]: each for each in told["known"]}
        assert (known[ALICE]["source"], known[ALICE]["counts"], known[ALICE]["name"]) == (
            "login",
            True,
            "Alice Martin",
        )
        assert (known["gone"]["name"], known["gone"]["counts"]) == (None, False)
        assert known[BOB]["since"].endswith("+00:00")
        dan, chloe = told["unknown"]
        assert (dan["user_id"], dan["reason"], dan["missed"]) == ("acme-dan", "no_scope", 7)
        assert chloe["email"] == "chloe@home.example"
        assert "people match acme" in chloe["advice"]
        alone = json.loads(mixed.good("people", "list", "acme", "--unknown", "--json"))
        assert alone == {"tenant": "acme", "unknown": told["unknown"]}

    def test_another_tenants_are_not_shown(self, mixed: Deployment) -> None:
        assert "nobody was looked for yet" in mixed.good("people", "list", "globex")
        assert json.loads(mixed.good("people", "list", "globex", "--json"))["known"] == []

    def test_a_name_does_nothing_to_the_terminal(self, acme: Deployment, engine: Engine) -> None:
        _miss(engine, "evil", Reason.NOT_FOUND, 1, display_name="Evil [red]name[/red] \x1b[31m\nsecond line")
        said = acme.good("people", "list", "acme")
        assert "Evil [red]name[/red] [31m second line" in said
        assert "\x1b" not in said


class TestMatch:
    @pytest.mark.parametrize("user", [BOB, "bob@acme.example", "Bob@ACME.example"])
    @pytest.mark.parametrize("slack_user", ["U0GUEST", "https://acme.slack.com/team/U0GUEST"])
    def test_by_id_or_email_and_by_id_or_link(self, acme: Deployment, user: str, slack_user: str) -> None:
        said = acme.good("people", "match", "acme", user, slack_user)
        assert f"acme: Bob Leroy ({BOB}) is U0GUEST (Gus Guest) in Slack" in said
        assert _known(acme) == [(BOB, "U0GUEST", "hand")]

    def test_it_is_audited_without_an_email(self, acme: Deployment) -> None:
        acme.good("people", "match", "acme", "bob@acme.example", "U0GUEST")
        last = acme.rows(audit)[-1]
        assert (last.tenant_id, last.action, last.outcome) == ("t-acme", "person.match", "ok")
        assert last.actor.startswith("cli:")
        assert last.detail == {"user_id": BOB, "slack_user_id": "U0GUEST"}

    def test_a_stranger_is_one_no_more(self, acme: Deployment, engine: Engine) -> None:
        _miss(engine, BOB, Reason.NOT_FOUND, 3)
        acme.good("people", "match", "acme", BOB, "U0GUEST")
        assert acme.rows(stranger) == []

    def test_it_replaces_what_was_found_by_email_or_by_hand(self, acme: Deployment, engine: Engine) -> None:
        _match(engine, BOB, "U0BOB", Source.EMAIL)
        _match(engine, CHLOE, "U0GUEST", Source.HAND)
        acme.good("people", "match", "acme", BOB, "U0GUEST")
        assert _known(acme) == [(BOB, "U0GUEST", "hand")]

    @pytest.mark.parametrize("how", ["identity", "match"])
    def test_somebody_elses_verified_login_is_refused(
        self, acme: Deployment, engine: Engine, how: str
    ) -> None:
        if how == "identity":
            _sign_in(engine, ALICE, "U0ALICE")
        else:
            _match(engine, ALICE, "U0ALICE", Source.LOGIN)
        before = _known(acme)
        said = acme.bad("people", "match", "acme", BOB, "U0ALICE")
        assert f"U0ALICE is Alice Martin ({ALICE}), who signs in with Slack as such" in said
        assert _known(acme) == before
        assert ("t-acme", "person.match", "ok") not in acme.audited

    @pytest.mark.parametrize("how", ["identity", "match"])
    def test_who_signs_in_with_slack_is_who_they_signed_in_as(
        self, acme: Deployment, engine: Engine, how: str
    ) -> None:
        if how == "identity":
            _sign_in(engine, BOB, "U0BOB")
        else:
            _match(engine, BOB, "U0BOB", Source.LOGIN)
        assert "signs in with Slack as U0BOB, which is surer" in acme.bad(
            "people", "match", "acme", BOB, "U0CHLOE"
        )
        assert "already known as U0BOB" in acme.bad("people", "match", "acme", BOB, "U0BOB")

    @pytest.mark.parametrize(
        ("slack_user", "what"),
        [
            ("U0NOBODY", "the workspace Acme has no U0NOBODY; copy the id from the profile again"),
            ("U0GINA", "the workspace Acme has no U0GINA"),
            ("U0LEAVER", "U0LEAVER is deactivated in Slack"),
            ("U0ACMEBOT", "U0ACMEBOT is a bot; choose a person"),
            ("#news", "paste the id (U01ABCDEF) or the link of the profile"),
        ],
        ids=["nobody", "elsewhere", "deactivated", "bot", "channel"],
    )
    def test_who_cannot_be_told_anything_is_refused(
        self, acme: Deployment, slack_user: str, what: str
    ) -> None:
        assert what in acme.bad("people", "match", "acme", BOB, slack_user)
        assert _known(acme) == []

    def test_somebody_of_another_workspace_whom_slack_shows_is_refused(
        self, acme: Deployment, slack: Control
    ) -> None:
        """Slack Connect."""
        slack.fault("rewrite", "users.info", merge={"user": {"id": "U0GUEST", "team_id": "T0GLOBEX"}})
        assert "U0GUEST is not a member of the workspace Acme" in acme.bad(
            "people", "match", "acme", BOB, "U0GUEST"
        )

    def test_a_missing_scope_is_said_with_the_next_step(self, acme: Deployment, slack: Control) -> None:
        slack.set_token_scopes("xoxb-demo-acme", ["chat:write"])
        said = acme.bad("people", "match", "acme", BOB, "U0GUEST")
        assert "add the scope users:read to the app, install it again" in said

    def test_while_slack_is_away_nothing_is_matched(self, acme: Deployment, slack: Control) -> None:
        slack.fault("server_error", "users.info", status=503)
        assert "Slack is not available" in acme.bad("people", "match", "acme", BOB, "U0GUEST")
        assert _known(acme) == []

    @pytest.mark.parametrize(
        ("arguments", "what"),
        [
            (("acme", "nobody", "U0BOB"), "user: acme has nobody with the id or e-mail 'nobody'"),
            (("acme", "globex-gina", "U0BOB"), "acme has nobody with the id or e-mail 'globex-gina'"),
            (("nobody", BOB, "U0BOB"), "no tenant has the id or subdomain 'nobody'"),
            (("globex", "globex-gina", "U0GINA"), "this base is not connected to Slack"),
            (("acme", BOB), "Missing argument"),
        ],
        ids=["user", "of another base", "tenant", "not connected", "missing"],
    )
    def test_wrong_ways_to_ask(self, acme: Deployment, arguments: tuple[str, ...], what: str) -> None:
        assert what in acme.bad("people", "match", *arguments)


class TestForget:
    def test_who_is_known_is_forgotten_and_that_is_audited(self, acme: Deployment, engine: Engine) -> None:
        _match(engine, BOB, "U0BOB", Source.HAND)
        _match(engine, ALICE, "U0ALICE", Source.EMAIL)
        said = acme.good("people", "forget", "acme", "bob@acme.example")
        assert f"acme: {BOB} is forgotten, and looked for by e-mail with the next notice" in said
        assert "note" not in said
        assert [user for user, *_ in _known(acme)] == [ALICE]
        last = acme.rows(audit)[-1]
        assert (last.action, last.detail) == ("person.forget", {"user_id": BOB})

    def test_a_stranger_too_so_that_they_are_looked_for_again(self, acme: Deployment, engine: Engine) -> None:
        _miss(engine, BOB, Reason.NOT_FOUND, 3)
        acme.good("people", "forget", "acme", BOB)
        assert acme.rows(stranger) == []

    def test_who_signs_in_with_slack_will_be_known_again(self, acme: Deployment, engine: Engine) -> None:
        _sign_in(engine, BOB, "U0BOB")
        _match(engine, BOB, "U0BOB", Source.LOGIN)
        assert "they sign in with Slack, and are known by that again" in acme.good(
            "people", "forget", "acme", BOB
        )

    def test_who_is_gone_from_the_base_can_be_forgotten_by_id(self, acme: Deployment, engine: Engine) -> None:
        _miss(engine, "gone", Reason.NOT_FOUND, 3)
        assert "acme: gone is forgotten" in acme.good("people", "forget", "acme", "gone")
        assert "acme has nobody with the id or e-mail 'gone'" in acme.bad("people", "forget", "acme", "gone")

    def test_of_whom_nothing_is_known_nothing_is_audited(self, acme: Deployment) -> None:
        assert f"acme: nothing is known of {BOB} in Slack" in acme.good("people", "forget", "acme", BOB)
        assert ("t-acme", "person.forget", "ok") not in acme.audited

    def test_another_tenants_people_are_out_of_reach(self, acme: Deployment, engine: Engine) -> None:
        _match(engine, BOB, "U0BOB", Source.HAND)
        assert "globex has nobody" in acme.bad("people", "forget", "globex", BOB)
        assert len(_known(acme)) == 1


def test_disconnecting_for_good_forgets_strangers_too(acme: Deployment, engine: Engine) -> None:
    _miss(engine, BOB, Reason.NOT_FOUND, 3)
    _miss(engine, BOB, Reason.NOT_FOUND, 3, tenant="t-globex")
    acme.good("disconnect", "acme", "--delete-data", "--yes")
    assert [row.tenant_id for row in acme.rows(stranger)] == ["t-globex"]


class TestBacklog:
    def test_strangers_are_counted_with_the_command_that_lists_them(
        self, acme: Deployment, engine: Engine
    ) -> None:
        _miss(engine, BOB, Reason.NOT_FOUND, 3)
        assert "1 stranger, not found in Slack" in acme.good("backlog", "acme")
        _miss(engine, CHLOE, Reason.NO_SCOPE, 1)
        said = acme.good("backlog", "acme")
        assert "2 strangers, not found in Slack: `cocoom-slack people list acme --unknown`" in said
        assert "nothing waits" in acme.good("backlog", "globex")
        assert "strangers" in acme.good("backlog")

    def test_monitoring_reads_the_number_and_no_name(self, acme: Deployment, engine: Engine) -> None:
        _miss(engine, BOB, Reason.NOT_FOUND, 3)
        said = acme.good("metrics")
        assert 'cocoom_slack_people_unknown{tenant="acme"} 1.0' in said
        assert BOB not in said
        assert "@" not in said
