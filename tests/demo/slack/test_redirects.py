from __future__ import annotations

import pytest

from demo.slack.signin.redirects import matches, with_parameters

REGISTERED = "https://acme.cocoom.com/oidc"


@pytest.mark.parametrize(
    "asked",
    [
        REGISTERED,
        "https://acme.cocoom.com/oidc/deeper",
        "https://ACME.cocoom.com/oidc",
        "https://acme.cocoom.com:443/oidc",
    ],
)
def test_the_same_place_and_places_below_match(asked: str) -> None:
    assert matches(asked, REGISTERED)


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "https://acme.cocoom.com",
        "https://acme.cocoom.com/oidcx",
        "https://globex.cocoom.com/oidc",
        "https://cocoom.com/oidc",
        "http://acme.cocoom.com/oidc",
        "https://acme.cocoom.com:8443/oidc",
        "https://acme.cocoom.com.evil.example/oidc",
        "https://acme.cocoom.com@evil.example/oidc",
        "https://acme.cocoom.com/oidc#fragment",
        "https://acme.cocoom.com/oidc/../evil",
        "https://acme.cocoom.com/oidc/%2e%2E/evil",
        "https://acme.cocoom.com:port/oidc",
        "//acme.cocoom.com/oidc",
    ],
)
def test_any_other_place_does_not(asked: str) -> None:
    assert not matches(asked, REGISTERED)


def test_plain_http_matches_on_this_machine_only() -> None:
    assert matches("http://acme.localhost:6543/oidc", "http://acme.localhost:6543/oidc")
    assert not matches("http://acme.example/oidc", "http://acme.example/oidc")


def test_parameters_are_added_and_empty_ones_left_out() -> None:
    assert with_parameters("https://x/y", code="a b", state="") == "https://x/y?code=a+b"
    assert with_parameters("https://x/y?z=1", code="c") == "https://x/y?z=1&code=c"
