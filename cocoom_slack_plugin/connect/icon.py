"""The app's icon. Slack's manifest has no place for it: somebody drops it once into the app's page."""

from __future__ import annotations

from importlib import resources

from cocoom_slack_plugin.translations import N_, translations

FILE_NAME = "cocoom-icon.png"
ICON = resources.files("cocoom_slack_plugin") / "static" / FILE_NAME
"""512 by 512 pixels, the smallest that Slack takes."""

PLACE = N_(
    "The icon: open “Basic Information” of the app at {address}, go down to “Display Information”, drop {file} onto "
    "“App icon” and save."
)


def where_to_drop_it(address: str, file: str, locale: str) -> str:
    """In a language of LOCALES; ``address`` is the app's page at Slack, ``file`` what the reader calls the icon."""
    return translations(locale).gettext(PLACE).format(address=address, file=file)
