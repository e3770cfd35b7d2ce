"""``make screenshots``: the pictures of docs/images, made of the gallery with the system's Chromium.

It starts a stand-in Slack of its own, so that no demo need be running.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from demo import gallery
from demo.gallery_samples import samples
from demo.slack.seed import ACME
from demo.slack.thread import SlackThread

FOLDER = Path(__file__).parent.parent / "docs" / "images"
LARGEST = 300_000
"""Bytes of a picture in the repository."""
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars"]
DESK, PHONE = 1240, 390
"""Widths in pixels."""
MARGIN = 6


@dataclass(frozen=True)
class Picture:
    """A part of the gallery: its first and its last message, at a desk (both languages) or on a phone (one)."""

    name: str
    first: str
    last: str
    phone: str = ""
    lines: bool = False
    """Whether the notification lines are shown too."""

    @property
    def address(self) -> str:
        if self.phone:
            return f"/team/{ACME}/channel/{gallery.channel(self.phone)}"
        both = "/".join(map(gallery.channel, ("en", "fr")))
        return f"/team/{ACME}/beside/{both}?fallback={int(self.lines)}"


PICTURES = [
    Picture("channels", "publication_published", "connection_tested"),
    Picture("people", "comment_added", "share_moderated"),
    Picture("summaries", "notices_summarised", "notices_summarised-batch-by"),
    Picture("odd", "publication_published-long", "publication_published-hostile"),
    Picture("digests", "digest", "digest-edits"),
    Picture("notification-lines", "publication_published", "comment_added-channel", lines=True),
    Picture("phone-en", "publication_published", "comment_added-gone", phone="en"),
    Picture("phone-fr", "digest", "digest-edits", phone="fr"),
]


def take(folder: Path) -> list[Path]:
    """Take all pictures. Raises RuntimeError when there is no Chromium, or one is too large for the repository."""
    folder.mkdir(parents=True, exist_ok=True)
    with SlackThread() as slack:
        gallery.hang(slack.url)
        with _chromium() as browser:
            return [_take(browser, slack.url, picture, folder) for picture in PICTURES]


@contextmanager
def _chromium() -> Iterator[Browser]:
    binary = shutil.which("chromium") or shutil.which("chromium-browser")
    if binary is None:
        raise RuntimeError("no chromium on PATH: `apt-get install chromium`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=ARGUMENTS)
        yield browser
        browser.close()


def _take(browser: Browser, slack_url: str, picture: Picture, folder: Path) -> Path:
    width = PHONE if picture.phone else DESK
    page = browser.new_page(viewport={"width": width, "height": 8000}, device_scale_factor=1)
    page.goto(slack_url + picture.address)
    file = folder / f"{picture.name}.png"
    top, bottom = _span(page, picture)
    left = 0 if picture.phone else _left(page)
    clip = {"x": left, "y": top, "width": width - left, "height": bottom - top}
    page.screenshot(path=file, clip=clip)  # type: ignore[arg-type]
    page.close()
    if file.stat().st_size > LARGEST:
        raise RuntimeError(
            f"{file.name} has {file.stat().st_size} bytes, more than {LARGEST}: show less in it"
        )
    return file


def _span(page: Page, picture: Picture) -> tuple[float, float]:
    """Where its messages begin and end. They stand in the order in which they were posted."""
    names = [sample.name for sample in samples("en")]
    rows = page.locator(".message" if picture.phone else ".pair")
    first, last = (rows.nth(names.index(each)).bounding_box() for each in (picture.first, picture.last))
    assert first is not None
    assert last is not None
    return max(first["y"] - MARGIN, 0), last["y"] + last["height"] + MARGIN


def _left(page: Page) -> float:
    """Where the sidebar ends."""
    stage = page.locator(".messages").bounding_box()
    assert stage is not None
    return stage["x"]


if __name__ == "__main__":
    for taken in take(FOLDER):
        print(f"{taken.stat().st_size:7,} bytes  {taken.name}")
    sys.exit(0)
