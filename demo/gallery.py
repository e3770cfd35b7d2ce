"""``python -m demo.gallery``: every message in both languages, posted by the real gateway into the demo's Slack.

They stand in two channels of acme's workspace, which the stand-in shows beside each other. Posted again, they replace
what was there.
"""

from __future__ import annotations

import argparse
import asyncio
import sys

from pydantic import SecretStr

from cocoom_slack_plugin.settings import EXAMPLE_KEY, Settings
from cocoom_slack_plugin.slack import SlackGateway
from cocoom_slack_plugin.translations import LOCALES
from demo.gallery_samples import samples
from demo.slack.control import Control
from demo.slack.seed import ACME
from demo.stage import SLACK_URL

TOKEN = SecretStr("xoxb-demo-acme")
LANGUAGES = {"en": "English", "fr": "French"}


def channel(locale: str) -> str:
    """The id of the channel with the messages of this language."""
    return f"C0GALLERY{locale.upper()}"


def page(slack_url: str) -> str:
    """Where both channels are shown beside each other, with the notification lines."""
    return f"{slack_url}/team/{ACME}/beside/{'/'.join(map(channel, LOCALES))}?fallback=1"


def hang(slack_url: str) -> int:
    """Post every message. Returns how many there are; raises SlackError for one that Slack does not take."""
    control = Control(slack_url)
    for locale in LOCALES:
        purpose = f"Every message of Cocoom, in {LANGUAGES[locale]}"
        control.add_channel(ACME, f"gallery-{locale}", id=channel(locale), purpose=purpose)
    # A gallery is no traffic: at the pace that Slack asks for it would take half a minute.
    control.limits(enabled=False)
    try:
        return asyncio.run(_post_all(slack_url))
    finally:
        control.limits(enabled=True)


async def _post_all(slack_url: str) -> int:
    count = 0
    async with SlackGateway(_settings(slack_url)) as gateway:
        for locale in LOCALES:
            for sample in samples(locale):
                await gateway.post(TOKEN, channel(locale), sample.message)
                count += 1
    return count


def _settings(slack_url: str) -> Settings:
    """Only Slack's address is used: nothing is queued or encrypted here."""
    known = {
        "slack_url": slack_url,
        "redis_url": "redis://127.0.0.1",
        "encryption_keys": f"example {EXAMPLE_KEY}",
    }
    return Settings.model_validate(known)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m demo.gallery", description=__doc__)
    parser.add_argument("--slack", default=SLACK_URL, help="where the stand-in Slack is")
    options = parser.parse_args(arguments)
    print(f"{hang(options.slack)} messages: {page(options.slack)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
