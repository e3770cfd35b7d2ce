"""Every wrong setting is named at once, with what to write instead, and never with a secret (security.md B01-B11)."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from pydantic import ValidationError

from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin.errors import ConfigurationError
from cocoom_slack_plugin.settings import EXAMPLE_KEY, Settings
from cocoom_slack_plugin.switches import Function

GOOD_KEY = base64.b64encode(bytes(range(32))).decode()
GOOD = {"encryption_keys": f"one {GOOD_KEY}", "redis_url": "redis://127.0.0.1:6379/0"}


def _read(**changes: Any) -> Settings:
    given = {f"cocoom_slack.{name}": value for name, value in {**GOOD, **changes}.items()}
    return Settings.from_mapping({"sqlalchemy.url": "not ours", **given})


def _problems(**changes: Any) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as caught:
        _read(**changes)
    assert str(caught.value).startswith("cocoom_slack cannot start:\n  - ")
    return caught.value.problems


def test_two_settings_are_enough() -> None:
    settings = _read()
    assert settings.slack_url == "https://slack.com"
    assert (settings.slack_timeout, settings.lease, settings.queue) == (10, 10, "cocoom-slack")
    assert not settings.is_stand_in


def test_the_settings_of_others_are_left_alone() -> None:
    assert Settings.from_mapping(
        {"cocoom_slack.redis_url": GOOD["redis_url"], "cocoom_slack.encryption_keys": GOOD["encryption_keys"]}
        | {"cocoom.plugins": "slack", "cocoom_slackish.x": "1"}
    )


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        _read().lease = 30


def test_an_unknown_setting_is_named_with_the_nearest_known_one() -> None:
    """B01"""
    assert _problems(sweep_intervall="3") == (
        "unknown setting cocoom_slack.sweep_intervall; did you mean cocoom_slack.sweep_interval?",
    )
    assert _problems(retrys="3") == ("unknown setting cocoom_slack.retrys",)


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("slack_timeout", "fast", "cocoom_slack.slack_timeout: write a number, such as 2.5"),
        ("lanes_in_flight", "many", "cocoom_slack.lanes_in_flight: write a whole number, such as 10"),
        ("lanes_in_flight", "2.5", "cocoom_slack.lanes_in_flight: write a whole number, such as 10"),
    ],
)
def test_a_word_for_a_number_is_told_what_to_write(name: str, value: str, problem: str) -> None:
    """B02"""
    assert _problems(**{name: value}) == (problem,)


@pytest.mark.parametrize(
    ("name", "value", "limit"),
    [
        ("slack_timeout", "0.5", "1"),
        ("slack_timeout", "61", "60"),
        ("slack_timeout", "nan", ""),
        ("lease", "301", "300"),
        ("lease", "inf", ""),
        ("lease", "-1", "2"),
        ("sweep_interval", "0.1", "0.2"),
        ("drain_budget", "121", "120"),
        ("lanes_in_flight", "0", "1"),
        ("lanes_in_flight", "1001", "1000"),
        ("channel_interval", "-0.1", "0"),
        ("sign_in_lifetime", "59", "60"),
        ("sign_in_lifetime", "1801", "1800"),
    ],
)
def test_a_number_out_of_range_is_told_the_limit(name: str, value: str, limit: str) -> None:
    (problem,) = _problems(**{name: value})
    assert problem.startswith(f"cocoom_slack.{name}: ")
    assert limit in problem


@pytest.mark.parametrize("missing", ["encryption_keys", "redis_url"])
@pytest.mark.parametrize("absent", [True, False])
def test_a_missing_setting_is_described(missing: str, absent: bool) -> None:
    """B04: not there, or there without a value."""
    if absent:
        given = {f"cocoom_slack.{name}": value for name, value in GOOD.items() if name != missing}
        with pytest.raises(ConfigurationError) as caught:
            Settings.from_mapping(given)
        (problem,) = caught.value.problems
    else:
        (problem,) = _problems(**{missing: ""})
    assert problem.startswith(f"cocoom_slack.{missing} is missing: ")


@pytest.mark.parametrize(
    ("ring", "rule"),
    [
        ("one " + base64.b64encode(bytes(16)).decode(), "16 bytes instead of 32"),
        ("one " + base64.b64encode(bytes(33)).decode(), "33 bytes instead of 32"),
        ("one not-base64-at-all!", "is not base64"),
        ("one \u00e9", "is not base64"),
        ("one", "followed by the key"),
        (GOOD_KEY, "a key id is 1 to 32 of a-z"),
        (f"UPPER {GOOD_KEY}", "a key id is 1 to 32 of a-z"),
        (f"a.b {GOOD_KEY}", "a key id is 1 to 32 of a-z"),
        (f"one {GOOD_KEY}\n\n one {GOOD_KEY}", "twice"),
        ("  \n ", "name at least one key"),
    ],
)
def test_a_bad_key_is_told_which_rule_it_breaks(ring: str, rule: str) -> None:
    """B05: the key itself is not repeated."""
    (problem,) = _problems(encryption_keys=ring)
    assert problem.startswith("cocoom_slack.encryption_keys: ")
    assert rule in problem
    assert GOOD_KEY not in problem


def test_a_hexadecimal_key_without_an_id_is_not_repeated() -> None:
    """It has the form of a key id, and is the secret."""
    key = bytes(range(16)).hex()
    for ring in (key, f"{key} one", f"{key} x\n{key} x"):
        assert key not in str(_problems(encryption_keys=ring))


def test_the_first_key_is_the_active_one_and_both_alphabets_are_read() -> None:
    url_safe = base64.urlsafe_b64encode(b"\xff" * 32).decode()
    ring = _read(encryption_keys=f"\n  new {url_safe}\n  old {GOOD_KEY}\n").encryption_keys
    assert list(ring) == ["new", "old"]
    assert ring["new"].get_secret_value() == b"\xff" * 32


def test_the_example_key_is_refused_with_the_real_slack() -> None:
    """B05"""
    (problem,) = _problems(encryption_keys=f"new {GOOD_KEY}\nexample {EXAMPLE_KEY}")
    assert "example key of the documentation" in problem
    assert EXAMPLE_KEY not in problem


@pytest.mark.parametrize("host", ["127.0.0.1:6868", "localhost:6868", "slack.localhost", "[::1]:80"])
def test_the_example_key_is_good_enough_for_a_stand_in(host: str) -> None:
    settings = _read(encryption_keys=f"example {EXAMPLE_KEY}", slack_url=f"http://{host}/")
    assert settings.is_stand_in
    assert settings.slack_url == f"http://{host}"


@pytest.mark.parametrize("url", ["redis:/x", "http://:hush@127.0.0.1/0", ":hush@127.0.0.1", "127.0.0.1:6379"])
def test_a_redis_url_of_another_scheme_is_refused_without_repeating_it(url: str) -> None:
    """B07: a password may be in it."""
    problems = _problems(redis_url=url)
    assert problems == ("cocoom_slack.redis_url: start with redis://, rediss:// or unix://",)


@pytest.mark.parametrize(
    "url",
    [
        "http://slack.com",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "ftp://slack.com",
        "https://",
        "https://slack.com/api",
        "https://me:hush@slack.com",
        "https://slack.com?x=1",
        "slack.com",
    ],
)
def test_slack_is_spoken_to_over_https_or_on_loopback(url: str) -> None:
    (problem,) = _problems(slack_url=url)
    assert problem.startswith("cocoom_slack.slack_url: write https:// and a host name")
    assert "hush" not in problem


@pytest.mark.parametrize("word", ["ture", "", " ", "2", "enabled"])
def test_a_misspelt_boolean_is_told_the_accepted_words(word: str) -> None:
    """B11. An empty value is how people write "not set"."""
    if word == "":
        assert _read(verify_tables=word).verify_tables
    else:
        assert _problems(verify_tables=word) == (
            "cocoom_slack.verify_tables: write one of true, yes, on, 1, false, no, off, 0",
        )


@pytest.mark.parametrize(("word", "meaning"), [("TRUE", True), (" yes ", True), ("off", False), ("0", False)])
def test_booleans(word: str, meaning: bool) -> None:
    assert _read(verify_tables=word).verify_tables is meaning


def test_all_problems_are_reported_at_once_and_no_secret() -> None:
    problems = _problems(
        encryption_keys="one hush-hush",
        redis_url="http://user:hush@127.0.0.1",
        slack_timeout="fast",
        tenants="acme logn",
        verify_tables="ture",
        quue="x",
        queue="a b",
    )
    assert len(problems) == 7
    for name in (
        "encryption_keys",
        "redis_url",
        "slack_timeout",
        "tenants",
        "verify_tables",
        "quue",
        "queue",
    ):
        assert sum(f"cocoom_slack.{name}" in each for each in problems) >= 1, name
    assert "hush" not in str(problems)


def test_secrets_do_not_show_in_the_repr() -> None:
    settings = _read(redis_url="redis://:hush@127.0.0.1:6379/0")
    for text in (repr(settings), str(settings), f"{settings.encryption_keys}"):
        assert "hush" not in text
        assert GOOD_KEY not in text
        assert repr(bytes(range(32)))[2:10] not in text


def test_tenants_are_switched_per_line() -> None:
    acme = Tenant(id="acme", subdomain="acme", name="Acme", url="https://acme.cocoom.test")
    settings = _read(tenants="\n  acme  login notifications\n  globex\n")
    assert settings.tenants.allow(Function.LOGIN, acme)


def test_a_wrong_tenants_line_is_explained() -> None:
    (problem,) = _problems(tenants="acme login\nglobex mail")
    assert problem == (
        "cocoom_slack.tenants: globex: there is no function 'mail'; the functions are login and notifications"
    )
