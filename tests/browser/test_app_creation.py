"""From the prefilled link to credentials and a bot token, as somebody does it in a browser."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect
from slack_sdk import WebClient

from cocoom_slack_plugin.connect.features import Wish
from cocoom_slack_plugin.connect.manifest import manifest_of, prefilled_link
from cocoom_slack_plugin.switches import Function
from cocoom_slack_plugin.testing import make_tenant

from .conftest import Product


def test_a_newcomer_makes_the_app_and_takes_its_three_credentials(
    product: Product, page: Page, shots: Path
) -> None:
    tenant = make_tenant("acme", url=product.address("acme"), locale="fr")
    page.goto(prefilled_link(manifest_of(tenant, Wish.of(Function), "#175AE4"), product.slack.url))
    expect(page.get_by_label("Review summary")).to_contain_text("Connectez-vous à votre base Cocoom")
    page.get_by_label("Workspace").select_option(label="Acme")
    page.screenshot(path=shots / "create-app.png", full_page=True)
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name="Basic Information")).to_be_visible()
    app = product.slack.slack.world.apps[page.url.rpartition("/")[2]]
    expect(page.get_by_text(app.client_id)).to_be_visible()
    expect(page.get_by_text(app.client_secret)).to_be_hidden()
    page.get_by_label("Show Client Secret").click()
    expect(page.get_by_text(app.client_secret)).to_be_visible()
    page.get_by_role("link", name="Install to Acme").click()
    expect(page.get_by_role("main")).to_contain_text("chat:write")
    page.screenshot(path=shots / "install-app.png", full_page=True)
    page.get_by_role("button", name="Allow").click()
    token = page.locator("#bot-token").inner_text()
    page.screenshot(path=shots / "app.png", full_page=True)
    page.set_viewport_size({"width": 390, "height": 800})
    page.screenshot(path=shots / "app-phone.png", full_page=True)
    assert app.redirect_urls == [f"{product.address('acme')}/oidc"]
    # Playwright's event loop is running here; the plain client needs none.
    identity = WebClient(token, base_url=product.slack.api_url, retry_handlers=[]).auth_test()
    assert (identity["team_id"], identity["app_id"], identity["user"]) == ("T0ACME", app.id, "cocoom")
