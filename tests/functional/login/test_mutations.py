"""Every check carries its weight: with the check in place the attack fails, without it the very same attack succeeds.

A mutation that no longer applies (its check has moved) fails loudly; it is then to be aimed at the check's new place.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import jwt
import pyramid.viewderivers
import pytest
import requests
from social_core.backends.oauth import BaseOAuth2
from social_core.backends.open_id_connect import OpenIdConnectAuth
from sqlalchemy import and_, select

from cocoom_hooks import Hooks
from cocoom_hooks.payloads import UserStatus
from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.login import (
    attempts,
    backend,
    browser,
    exchange,
    identity,
    recognition,
    storage,
    views,
)
from cocoom_slack_plugin.login.attempts import Owner
from cocoom_slack_plugin.login.backend import SlackOpenIdConnect
from cocoom_slack_plugin.login.claims import Claims
from cocoom_slack_plugin.login.identity import Identity

from .host import ACME, GLOBEX
from .visitor import Visitor

TOKEN = "openid.connect.token"
TEAM, USER = "https://slack.com/team_id", "https://slack.com/user_id"
OUR_COOKIE = "__Host-cocoom-slack-sign-in"


@dataclass
class Scene:
    """What an attack works with. Every attack tells whether it succeeded."""

    visitor: Callable[..., Visitor]
    slack: Any
    rows: Any
    people: Any

    @property
    def acme(self) -> Visitor:
        return self.visitor(ACME)

    def alice(self, status: UserStatus = UserStatus.ACTIVE) -> None:
        self.people.add(ACME, "u-alice", "alice@acme.example", status)

    def token_was_asked_for(self) -> bool:
        return bool(self.slack.control.requests(TOKEN))

    def signs_in_with(self, **knob: Any) -> bool:
        self.slack.control.id_token(**knob)
        self.alice()
        return entered(self.acme.sign_in())

    def finishes_with(self, extra: str = "", **given: Any) -> bool:
        self.alice()
        somebody = self.acme
        return entered(somebody.get(somebody.agree(somebody.start()) + extra, **given))


def entered(answer: Any) -> bool:
    return bool(answer.status_int == 303)


@pytest.fixture
def scene(visitor: Callable[..., Visitor], slack: Any, rows: Any, people: Any) -> Scene:
    return Scene(visitor, slack, rows, people)


# --- the checks that are taken away ---

Patch = pytest.MonkeyPatch


class _Anything(str):
    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = str.__hash__


def no_workspace_check(patch: Patch) -> None:
    real = SlackOpenIdConnect._team

    def team(self: Any, stage: Any) -> str:
        found = real(self, stage)
        return _Anything(found) if stage == "token_validation" else found

    patch.setattr(SlackOpenIdConnect, "_team", team)


def no_nonce_check(patch: Patch) -> None:
    patch.setattr(OpenIdConnectAuth, "validate_claims", OpenIdConnectAuth.validate_temporal_claims)


def states_may_be_used_again(patch: Patch) -> None:
    patch.setattr(
        attempts, "consume", lambda dbsession, owner, state, *_: attempts.find(dbsession, owner, state)
    )


def _owner_without(*names: str) -> Callable[[Patch], None]:
    def mutate(patch: Patch) -> None:
        row = attempts.row
        conditions = {
            "tenant": lambda owner: row.tenant_id == owner.tenant_id,
            "browser": lambda owner: row.browser_hash == browser.digest(owner.browser),
            "purpose": lambda owner: row.purpose == owner.purpose,
        }
        kept = [condition for name, condition in conditions.items() if name not in names]
        patch.setattr(Owner, "_rows", lambda owner: and_(*(condition(owner) for condition in kept)))

    return mutate


def cookies_without_the_host_prefix(patch: Patch) -> None:
    patch.setattr(browser, "cookie_name", lambda tenant: browser.COOKIE)


def attempts_live_for_ever(patch: Patch) -> None:
    patch.setattr(BaseOAuth2, "_state_lifetime", lambda self: 10**9)
    patch.setattr(storage.StoredNonce, "is_expired", lambda self: False)


def no_issuer_parameter_check(patch: Patch) -> None:
    patch.setattr(SlackOpenIdConnect, "_refuse_other_issuer", lambda self: None)


def repeated_parameters_are_taken(patch: Patch) -> None:
    patch.setattr(SlackOpenIdConnect, "_refuse_repeated_parameters", lambda self: None)


def prefetching_is_let_through(patch: Patch) -> None:
    patch.setattr(views, "_is_prefetch", lambda request: False)


def no_csrf_check(patch: Patch) -> None:
    for name in ("check_csrf_token", "check_csrf_origin"):
        patch.setattr(pyramid.viewderivers, name, lambda *_, **__: True)


def nobody_counts_as_signed_in(patch: Patch) -> None:
    patch.setattr(Hooks, "current_user", lambda self, request: None)


def linking_is_let_through(patch: Patch) -> None:
    patch.setattr(recognition, "_refuse_linking", lambda *_: None)


def the_switch_is_not_looked_at(patch: Patch) -> None:
    patch.setattr(Connection, "runs", lambda self, function: True)


def next_is_taken_as_it_is(patch: Patch) -> None:
    patch.setattr(views, "local_path", lambda wanted: wanted)


def _jwt_option(**off: bool) -> Callable[[Patch], None]:
    return lambda patch: patch.setattr(SlackOpenIdConnect, "JWT_DECODE_OPTIONS", off)


def no_sole_audience_check(patch: Patch) -> None:
    patch.setattr(
        SlackOpenIdConnect, "validate_authorized_party", OpenIdConnectAuth.validate_authorized_party
    )


def no_audience_check_at_all(patch: Patch) -> None:
    no_sole_audience_check(patch)
    _jwt_option(verify_aud=False)(patch)


def tokens_of_any_age(patch: Patch) -> None:
    patch.setattr(SlackOpenIdConnect, "ID_TOKEN_MAX_AGE", 10**9)


def no_at_hash_check(patch: Patch) -> None:
    patch.setattr(SlackOpenIdConnect, "VALIDATE_AT_HASH", False)


def no_signature_check(patch: Patch) -> None:
    def decode(token: str, *_: Any, **__: Any) -> Any:
        return jwt.api_jwt.decode_complete(token, options={"verify_signature": False})["payload"]

    patch.setattr(OpenIdConnectAuth, "find_valid_key", lambda self, token: self.get_jwks_keys()[0])
    patch.setattr("social_core.backends.open_id_connect.jwt.decode", decode)


def unverified_emails_count(patch: Patch) -> None:
    real = Claims.of
    patch.setattr(Claims, "of", lambda id_token: real({**id_token, "email_verified": True}))


def any_of_several_accounts(patch: Patch) -> None:
    real = Hooks.users_by_email
    patch.setattr(Hooks, "users_by_email", lambda self, *given: real(self, *given)[:1])


def mailboxes_may_look_alike(patch: Patch) -> None:
    patch.setattr(recognition, "same_mailbox", lambda one, other: True)


def deactivated_people_are_let_in(patch: Patch) -> None:
    patch.setattr(recognition, "_let_in", lambda dbsession, visit, user: user)


def accounts_are_met_again(patch: Patch) -> None:
    patch.setattr(identity, "bind", lambda *_, **__: True)


def _identities_without(name: str) -> Callable[[Patch], None]:
    def mutate(patch: Patch) -> None:
        row = identity.row

        def find(dbsession: Any, tenant_id: str, claims: Claims) -> Identity | None:
            wanted = {
                "tenant_id": tenant_id,
                "team_id": claims.team_id,
                "slack_user_id": claims.slack_user_id,
            }
            del wanted[name]
            conditions = [row[column] == value for column, value in wanted.items()]
            user = dbsession.execute(select(row.user_id).where(*conditions)).scalar()
            return Identity(claims.team_id, claims.slack_user_id, user) if user else None

        patch.setattr(identity, "find", find)

    return mutate


def not_ok_is_overlooked(patch: Patch) -> None:
    patch.setattr(backend, "classify", lambda *_, **__: None)


def redirects_are_followed(patch: Patch) -> None:
    real = requests.Session.request

    def request(self: Any, method: str, *given: Any, **options: Any) -> Any:
        # The visitor's own GETs stay as they are.
        return real(self, method, *given, **{**options, "allow_redirects": method == "POST"})

    patch.setattr(requests.Session, "request", request)


def answers_of_any_size(patch: Patch) -> None:
    patch.setattr(exchange, "LARGEST_ANSWER", 10**12)


def no_deadline(patch: Patch) -> None:
    real = exchange.Exchange.__init__
    patch.setattr(exchange.Exchange, "__init__", lambda self, seconds: real(self, 60))


# --- the attacks ---


def another_workspace_arrives(scene: Scene) -> bool:
    return scene.signs_in_with(claims={TEAM: "T0GLOBEX"})


def a_token_of_another_sign_in_is_slipped_in(scene: Scene) -> bool:
    return scene.signs_in_with(claims={"nonce": "of-another-sign-in"})


def a_failed_callback_is_repeated(scene: Scene) -> bool:
    scene.alice()
    somebody = scene.acme
    address = somebody.start()
    scene.slack.control.fault("server_error", TOKEN, times=1)
    assert not entered(somebody.get(somebody.agree(address)))
    return entered(somebody.get(somebody.agree(address)))


def a_state_of_one_base_is_brought_to_another(scene: Scene) -> bool:
    """It succeeds when the other base's secret is sent off with this base's code."""
    victim, elsewhere = scene.acme, scene.visitor(GLOBEX)
    back = victim.agree(victim.start())
    elsewhere.app.set_cookie(OUR_COOKIE, victim.app.cookies[OUR_COOKIE])
    elsewhere.get(back)
    return scene.token_was_asked_for()


def a_victim_opens_the_attackers_callback(scene: Scene) -> bool:
    scene.alice()
    attacker, victim = scene.acme, scene.acme
    back = attacker.agree(attacker.start())
    victim.start()
    return entered(victim.get(back))


def a_sibling_host_plants_the_attackers_cookie(scene: Scene) -> bool:
    scene.alice()
    attacker, victim = scene.acme, scene.acme
    back = attacker.agree(attacker.start())
    known = next(value for name, value in attacker.app.cookies.items() if name.endswith(browser.COOKIE))
    victim.app.set_cookie(browser.COOKIE, known.strip('"'))
    return entered(victim.get(back))


def a_state_of_another_flow_is_used(scene: Scene) -> bool:
    scene.alice()
    somebody = scene.acme
    back = somebody.agree(somebody.start())
    scene.rows.run("UPDATE cocoom_slack_login_attempt SET purpose = 'install'")
    return entered(somebody.get(back))


def somebody_comes_back_too_late(scene: Scene) -> bool:
    scene.alice()
    somebody = scene.acme
    back = somebody.agree(somebody.start())
    with patch("social_core.backends.oauth._time", return_value=time.time() + 601):
        return entered(somebody.get(back))


def another_provider_answers(scene: Scene) -> bool:
    return scene.finishes_with("&iss=https://evil.example")


def two_codes_are_sent(scene: Scene) -> bool:
    scene.finishes_with("&code=second")
    return scene.token_was_asked_for()


def a_browser_prefetches(scene: Scene) -> bool:
    return scene.finishes_with(headers={"Sec-Purpose": "prefetch"})


def a_foreign_page_presses_the_button(scene: Scene) -> bool:
    somebody = scene.acme
    somebody.get("/slack/sign-in")
    return entered(somebody.press(token="wrong", headers={"Origin": "https://evil.example"}))


def somebody_signed_in_presses_the_button(scene: Scene) -> bool:
    scene.alice()
    somebody = scene.acme
    somebody.sign_in()
    return entered(somebody.press(token=somebody.app.cookies["csrf_token"].strip('"')))


def the_attackers_slack_user_arrives_in_a_signed_in_browser(scene: Scene) -> bool:
    scene.alice()
    somebody = scene.acme
    back = somebody.agree(somebody.start())
    scene.people.add(ACME, "u-victim", "victim@acme.example")
    scene.people.sessions["theirs"] = ("acme", "u-victim")
    somebody.app.set_cookie("__Host-session", "theirs")
    somebody.get(back)
    return bool(scene.rows.identities)


def login_is_used_after_it_was_switched_off(scene: Scene) -> bool:
    scene.alice()
    somebody = scene.acme
    back = somebody.agree(somebody.start())
    scene.rows.run("UPDATE cocoom_slack_connection SET login_enabled = false")
    return entered(somebody.get(back))


def next_leads_away(scene: Scene) -> bool:
    scene.alice()
    location = scene.acme.sign_in("@evil.example/").headers.get("Location", "")
    return location == "https://acme.cocoom.test@evil.example/"


def an_issuer_that_looks_alike(scene: Scene) -> bool:
    return scene.signs_in_with(claims={"iss": "https://slack.com.evil.example"})


def a_token_for_us_and_somebody_else(scene: Scene) -> bool:
    ours = "1000000001.2000000001"
    return scene.signs_in_with(claims={"aud": [ours, "other"], "azp": ours})


def a_token_for_another_of_our_apps(scene: Scene) -> bool:
    return scene.signs_in_with(claims={"aud": "1000000002.2000000002"})


def an_expired_token(scene: Scene) -> bool:
    return scene.signs_in_with(lifetime=-120)


def an_old_token(scene: Scene) -> bool:
    return scene.signs_in_with(claims={"iat": int(time.time()) - 700})


def another_access_token_is_slipped_in(scene: Scene) -> bool:
    return scene.signs_in_with(claims={"at_hash": "of-another-token"})


def a_token_signed_by_somebody_else(scene: Scene) -> bool:
    return scene.signs_in_with(signing="RS256 by a foreign key under our kid")


def an_email_nobody_verified(scene: Scene) -> bool:
    return scene.signs_in_with(claims={"email_verified": False})


def two_accounts_have_the_email(scene: Scene) -> bool:
    scene.people.add(ACME, "u-other", "ALICE@acme.example")
    return scene.signs_in_with()


def an_email_that_looks_alike(scene: Scene) -> bool:
    scene.people.add(ACME, "u-kim", "kim@acme.example")
    return scene.signs_in_with(claims={"email": "\N{KELVIN SIGN}im@acme.example"})


def a_deactivated_person_returns(scene: Scene) -> bool:
    scene.alice(UserStatus.DEACTIVATED)
    return entered(scene.acme.sign_in())


def a_second_slack_user_has_the_email(scene: Scene) -> bool:
    scene.alice()
    scene.acme.sign_in()
    return scene.signs_in_with(claims={"sub": "U0EVIL", USER: "U0EVIL"})


def somebody_known_at_another_base_arrives(scene: Scene) -> bool:
    """At both bases a collaborator has the id "1"; they are two people."""
    scene.rows.run(_KNOWN.format(tenant="globex", team="T0ACME"))
    scene.people.add(ACME, "1", "director@acme.example")
    return entered(scene.acme.sign_in())


def the_same_user_id_of_another_workspace_arrives(scene: Scene) -> bool:
    """The base was connected to another workspace before; its ``U0ALICE`` was the director."""
    scene.rows.run(_KNOWN.format(tenant="acme", team="T0FORMER"))
    scene.people.add(ACME, "1", "director@acme.example")
    return entered(scene.acme.sign_in())


_KNOWN = (
    "INSERT INTO cocoom_slack_login_identity (tenant_id, team_id, slack_user_id, user_id) "
    "VALUES ('{tenant}', '{team}', 'U0ALICE', '1')"
)


def slack_says_not_ok_beside_a_token(scene: Scene) -> bool:
    scene.slack.control.fault("rewrite", TOKEN, merge={"ok": False})
    return scene.finishes_with()


def the_token_endpoint_sends_the_secret_elsewhere(scene: Scene) -> bool:
    place = f"{scene.slack.url}/api/{TOKEN}"
    scene.slack.control.fault("redirect", TOKEN, times=1, status=307, location=place)
    return scene.finishes_with()


def an_answer_of_three_megabytes(scene: Scene) -> bool:
    scene.slack.control.fault("huge", TOKEN, size=3_000_000)
    return scene.finishes_with()


def an_answer_that_takes_its_time(scene: Scene) -> bool:
    """The deadline of these tests is two seconds."""
    scene.alice()
    somebody = scene.acme
    back = somebody.agree(somebody.start())
    scene.slack.control.settings(latency_ms=2300)
    return entered(somebody.get(back))


Attack = Callable[[Scene], bool]
Mutation = Callable[[Patch], None]

MUTATIONS: dict[str, tuple[Mutation, Attack]] = {
    "workspace": (no_workspace_check, another_workspace_arrives),
    "nonce": (no_nonce_check, a_token_of_another_sign_in_is_slipped_in),
    "single use of the state": (states_may_be_used_again, a_failed_callback_is_repeated),
    "tenant binding": (_owner_without("tenant"), a_state_of_one_base_is_brought_to_another),
    "browser binding": (_owner_without("browser"), a_victim_opens_the_attackers_callback),
    "host-only cookie": (cookies_without_the_host_prefix, a_sibling_host_plants_the_attackers_cookie),
    "purpose binding": (_owner_without("purpose"), a_state_of_another_flow_is_used),
    "lifetime of an attempt": (attempts_live_for_ever, somebody_comes_back_too_late),
    "iss parameter": (no_issuer_parameter_check, another_provider_answers),
    "repeated parameters": (repeated_parameters_are_taken, two_codes_are_sent),
    "prefetch": (prefetching_is_let_through, a_browser_prefetches),
    "CSRF": (no_csrf_check, a_foreign_page_presses_the_button),
    "already signed in, at the start": (nobody_counts_as_signed_in, somebody_signed_in_presses_the_button),
    "already signed in, at the callback": (
        linking_is_let_through,
        the_attackers_slack_user_arrives_in_a_signed_in_browser,
    ),
    "switch": (the_switch_is_not_looked_at, login_is_used_after_it_was_switched_off),
    "next": (next_is_taken_as_it_is, next_leads_away),
    "issuer": (_jwt_option(verify_iss=False), an_issuer_that_looks_alike),
    "sole audience": (no_sole_audience_check, a_token_for_us_and_somebody_else),
    "audience": (no_audience_check_at_all, a_token_for_another_of_our_apps),
    "expiry of the token": (_jwt_option(verify_exp=False), an_expired_token),
    "age of the token": (tokens_of_any_age, an_old_token),
    "at_hash": (no_at_hash_check, another_access_token_is_slipped_in),
    "signature": (no_signature_check, a_token_signed_by_somebody_else),
    "email_verified": (unverified_emails_count, an_email_nobody_verified),
    "ambiguity": (any_of_several_accounts, two_accounts_have_the_email),
    "mailbox": (mailboxes_may_look_alike, an_email_that_looks_alike),
    "deactivated": (deactivated_people_are_let_in, a_deactivated_person_returns),
    "met once": (accounts_are_met_again, a_second_slack_user_has_the_email),
    "identity per tenant": (_identities_without("tenant_id"), somebody_known_at_another_base_arrives),
    "identity per workspace": (
        _identities_without("team_id"),
        the_same_user_id_of_another_workspace_arrives,
    ),
    "ok": (not_ok_is_overlooked, slack_says_not_ok_beside_a_token),
    "redirects of Slack": (redirects_are_followed, the_token_endpoint_sends_the_secret_elsewhere),
    "size": (answers_of_any_size, an_answer_of_three_megabytes),
    "deadline": (no_deadline, an_answer_that_takes_its_time),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_with_the_check_the_attack_is_refused(scene: Scene, name: str) -> None:
    assert MUTATIONS[name][1](scene) is False


@pytest.mark.parametrize("name", MUTATIONS)
def test_without_the_check_the_same_attack_succeeds(
    scene: Scene, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutation, attack = MUTATIONS[name]
    mutation(monkeypatch)
    assert attack(scene) is True
