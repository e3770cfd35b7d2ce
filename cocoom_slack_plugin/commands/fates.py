"""What became of a bot token, in a sentence."""

from __future__ import annotations

from cocoom_slack_plugin.connect.retiring import Fate, Retired

_SENTENCES = {
    Fate.REVOKED: "Slack has revoked {it}; its bot has left all channels",
    Fate.INVALID: "{it} did not work any more (Slack answers {code}), so there was nothing to revoke",
    Fate.NONE: "there was no bot token to revoke",
    Fate.SHARED: "{it} was not revoked: another base uses the same bot of this workspace",
    Fate.KEPT: "{it} was not revoked: remove the app in Slack's own administration",
    Fate.SAME_BOT: (
        "{it} still works. It was not revoked, because Slack then takes the bot out of its channels; if it must not "
        "work any more, revoke it in Slack (“OAuth & Permissions”), install the app again, and rotate once more"
    ),
    Fate.FAILED: "{it} could not be revoked ({code}): remove it in Slack's own administration",
}


def in_words(retired: Retired, called: str = "the bot token") -> str:
    """``called`` is how to call it."""
    return _SENTENCES[retired.fate].format(it=called, code=retired.code)
