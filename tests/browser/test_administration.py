"""An administrator proves the sign-in step by step and closes the other doors; a user links their own account."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from demo.cocoom.passwords import DEMO_PASSWORD

from .conftest import Product


def _with_password(product: Product, page: Page, name: str) -> None:
    page.goto(f"{product.address('acme')}/login")
    page.get_by_label("E-mail").fill(f"{name}@acme.example")
    page.get_by_label("Password").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def _agree_as(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def test_bob_links_his_slack_account_after_he_confirmed_it(product: Product, page: Page, shots: Path) -> None:
    _with_password(product, page, "bob")
    page.goto(f"{product.address('acme')}/slack/account")
    page.get_by_role("button", name="Link my Slack account").click()
    _agree_as(page, "Bob Leroy")
    expect(page.get_by_role("main")).to_contain_text("Bob Leroy")
    page.screenshot(path=shots / "confirm-link.png")
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.get_by_role("status")).to_contain_text("linked now")
    page.screenshot(path=shots / "account.png")


def test_a_reader_does_not_see_the_settings(product: Product, page: Page) -> None:
    _with_password(product, page, "bob")
    page.goto(f"{product.address('acme')}/slack/login")
    expect(page.get_by_role("button", name="Save")).to_have_count(0)


def test_slack_only_is_possible_after_a_test_sign_in_and_not_before(
    product: Product, page: Page, shots: Path
) -> None:
    _with_password(product, page, "alice")
    page.goto(f"{product.address('acme')}/administration")
    page.get_by_role("link", name="Sign in with Slack: settings").click()
    expect(page.get_by_role("main")).to_contain_text("no success")
    page.get_by_role("button", name="Make a test sign-in").click()
    _agree_as(page, "Alice Martin")
    expect(page.get_by_role("main")).to_contain_text("You would be signed in as yourself, Alice Martin")
    page.screenshot(path=shots / "test-sign-in.png", full_page=True)
    page.goto(f"{product.address('acme')}/slack/login")
    page.screenshot(path=shots / "settings.png", full_page=True)
    page.set_viewport_size({"width": 390, "height": 800})
    page.screenshot(path=shots / "settings-phone.png", full_page=True)
    page.get_by_role("button", name="Allow Slack only").click()
    stranger = page.context.browser.new_page()  # type: ignore[union-attr]
    stranger.goto(f"{product.address('acme')}/login")
    expect(stranger.get_by_label("Password")).to_have_count(0)
    stranger.close()
    page.get_by_role("button", name="Allow other ways").click()
    expect(page.get_by_role("button", name="Allow Slack only")).to_be_visible()
