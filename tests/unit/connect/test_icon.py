"""The icon that ships with the package (features.md 3)."""

from __future__ import annotations

import struct

from cocoom_slack_plugin.connect.icon import ICON, where_to_drop_it


def test_it_is_a_square_png_of_the_size_that_slack_asks_for() -> None:
    data = ICON.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", data[16:24]) == (512, 512)
    assert len(data) < 100_000


def test_where_to_drop_it_is_said_in_both_languages() -> None:
    english = where_to_drop_it("https://api.slack.com/apps/A1", "cocoom-icon.png", "en")
    french = where_to_drop_it("https://api.slack.com/apps/A1", "cocoom-icon.png", "fr")
    for said in (english, french):
        assert "https://api.slack.com/apps/A1" in said
        assert "cocoom-icon.png" in said
        assert "“Display Information”" in said or "« Display Information »" in said
    assert english != french
