"""Signing in with Slack as a person does, in a real browser: redirects, cookies and CSP included."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .conftest import Product


def test_alice_signs_in_with_slack_and_lands_where_she_wanted(
    product: Product, page: Page, shots: Path
) -> None:
    page.goto(f"{product.address('acme')}/directory")
    page.screenshot(path=shots / "login.png")
    page.get_by_role("button", name="Sign in with Slack").click()
    page.get_by_role("button", name="Alice Martin").click()
    page.wait_for_url(f"{product.address('acme')}/directory")
    expect(page.get_by_role("banner")).to_contain_text("Alice Martin")


def test_somebody_who_was_not_invited_is_told_so(product: Product, page: Page, shots: Path) -> None:
    page.goto(f"{product.address('acme')}/login")
    page.get_by_role("button", name="Sign in with Slack").click()
    page.get_by_role("button", name="Gus Guest").click()
    page.screenshot(path=shots / "refused.png")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.url.startswith(product.address("acme"))
    assert "gus@partner.example" not in page.content()


def test_cancelling_at_slack_leads_to_a_page_with_a_way_on(product: Product, page: Page) -> None:
    page.goto(f"{product.address('acme')}/login")
    page.get_by_role("button", name="Sign in with Slack").click()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("link").first.click()
    expect(page.get_by_role("button", name="Sign in with Slack")).to_be_visible()


@pytest.mark.parametrize("path", ["/oidc", "/slack/sign-in"])
def test_globex_has_no_sign_in_with_slack(product: Product, page: Page, path: str) -> None:
    page.goto(f"{product.address('globex')}{path}")
    expect(page.get_by_role("button", name="Sign in with Slack")).to_have_count(0)
