"""What the audit's outcomes mean, in a few words about somebody else."""

from __future__ import annotations

from cocoom_slack_plugin.login.refusals import Code
from cocoom_slack_plugin.translations import N_

ACTIONS = {
    "login.sign_in": N_("Sign-in"),
    "login.link": N_("Linking"),
    "login.unlink": N_("Unlinking"),
    "login.test": N_("Test sign-in"),
    "login.left": N_("Left Slack"),
}
OUTCOMES: dict[str, str] = {
    "ok": N_("Done"),
    "changed_meanwhile": N_("Settings were changed meanwhile"),
    Code.CSRF: N_("Did not come from a page of the base"),
    Code.STATE_MISSING: N_("Incomplete answer"),
    Code.CODE_MISSING: N_("Incomplete answer"),
    Code.MALFORMED: N_("Unreadable request"),
    Code.MIX_UP: N_("Answer of another provider"),
    Code.SESSION_LOST: N_("Another browser, or cookies are off"),
    Code.EXPIRED: N_("Took too long, or was used before"),
    Code.CANCELLED: N_("Cancelled at Slack"),
    Code.ALREADY_SIGNED_IN: N_("Was signed in already"),
    Code.SIGNED_OUT: N_("Was not signed in"),
    Code.OTHER_USER: N_("Started by another user"),
    Code.NOT_ADMINISTRATOR: N_("Not an administrator"),
    Code.NOT_CONFIGURED: N_("Credentials cannot be read"),
    Code.CONFIGURATION: N_("Slack refuses the app’s credentials or address"),
    Code.TLS: N_("Slack’s certificate is not valid"),
    Code.SLACK_UNAVAILABLE: N_("Slack was not available"),
    Code.BAD_ANSWER: N_("Slack’s answer was unusable"),
    Code.CODE_REJECTED: N_("Slack no longer accepted it"),
    Code.TOKEN_INVALID: N_("The answer did not pass verification"),
    Code.NONCE_MISMATCH: N_("The answer did not pass verification"),
    Code.WRONG_WORKSPACE: N_("Another Slack workspace"),
    Code.EMAIL_MISSING: N_("Slack told no e-mail address"),
    Code.EMAIL_UNVERIFIED: N_("E-mail address not verified at Slack"),
    Code.NOT_INVITED: N_("Nobody with this e-mail address"),
    Code.AMBIGUOUS: N_("Several accounts with this e-mail address"),
    Code.ACCOUNT_DISABLED: N_("Account is deactivated"),
    Code.IDENTITY_CONFLICT: N_("Tied to another account already"),
    Code.GUEST: N_("Guest of the workspace"),
    Code.GUEST_UNKNOWN: N_("Could not be checked for being a guest"),
    Code.ONLY_WAY_IN: N_("Slack is the only way in"),
    Code.UNAVAILABLE: N_("The base was not available"),
}
