"""Somebody decides, by keyboard and eye, what Slack tells them and when."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import create_engine, update

from cocoom_slack_plugin.connections.tables import connection
from demo.cocoom.passwords import DEMO_PASSWORD

from .conftest import Product

PHONE, DESK = {"width": 390, "height": 800}, {"width": 1280, "height": 900}


@pytest.fixture
def _notifying(product: Product, database_url: str) -> Iterator[None]:
    """Acme uses notifications; no message is sent, so any token does."""
    engine = create_engine(database_url)
    off = {"notifications_enabled": False, "sealed_bot_token": None}
    for values in ({"notifications_enabled": True, "sealed_bot_token": "never opened here"}, off):
        with engine.begin() as open_:
            open_.execute(update(connection).values(values))
        if values is not off:
            yield
    engine.dispose()


@pytest.mark.usefixtures("_notifying")
def test_bob_wants_one_message_a_week_and_quiet_nights(product: Product, page: Page, shots: Path) -> None:
    page.set_viewport_size(DESK)
    page.goto(f"{product.address('acme')}/login")
    page.get_by_label("E-mail").fill("bob@acme.example")
    page.get_by_label("Password").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("link", name="My settings").click()
    page.screenshot(path=shots / "my-settings.png")
    page.get_by_role("link", name="Direct messages in Slack").click()
    page.screenshot(path=shots / "preferences.png", full_page=True)

    page.get_by_label("An administrator edited a post of mine").uncheck()
    page.get_by_label("Once a week, all together").check()
    page.get_by_label("At this hour").select_option("17")
    page.get_by_label("On this day").select_option(label="Friday")
    page.get_by_label("From", exact=True).fill("22:00")
    page.get_by_label("Time zone of these hours").select_option("Asia/Kathmandu")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was saved yet")
    expect(page.get_by_label("To", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("main")).to_contain_text("Fill in both times")
    expect(page.get_by_label("Time zone of these hours")).to_have_value("Asia/Kathmandu")
    page.set_viewport_size(PHONE)
    page.screenshot(path=shots / "preferences-phone.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    page.get_by_label("To", exact=True).fill("07:00")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("Saved.")
    expect(page.get_by_label("Once a week, all together")).to_be_checked()
    expect(page.get_by_label("An administrator edited a post of mine")).not_to_be_checked()
    expect(page.get_by_label("From", exact=True)).to_have_value("22:00")
    expect(page.get_by_label("On this day")).to_have_value("4")
