"""What a refusal says to the person: what happened, what to do, whom to ask. Message ids are the English texts."""

from __future__ import annotations

from dataclasses import dataclass

from cocoom_slack_plugin.login.refusals import Code
from cocoom_slack_plugin.translations import N_

AGAIN = N_("Start the sign-in again.")
ADMINISTRATOR = N_("Ask an administrator of {base} for help and tell them the reference below.")


@dataclass(frozen=True, slots=True)
class Explanation:
    """``again`` tells whether starting over can help, so that the page offers it."""

    status: int
    happened: str
    advice: str
    again: bool = True


INCOMPLETE = Explanation(
    400, N_("The address you came back with is not a complete answer from Slack."), AGAIN
)
CONFIGURATION = Explanation(
    403,
    N_("Sign-in with Slack is not set up correctly for {base}, so Slack refused it."),
    ADMINISTRATOR,
    again=False,
)
SLACK_TROUBLE = Explanation(
    503, N_("Slack did not give a usable answer in time."), N_("Wait a moment, then start the sign-in again.")
)
UNTRUSTED = Explanation(
    403,
    N_("The answer from Slack could not be verified, so it was not used."),
    N_("Start the sign-in again. If it happens again, tell an administrator of {base} the reference below."),
)

EXPLANATIONS: dict[Code, Explanation] = {
    Code.CSRF: Explanation(
        400,
        N_("The sign-in was not started, because the request did not come from this page."),
        N_("Press the button below."),
    ),
    Code.STATE_MISSING: INCOMPLETE,
    Code.CODE_MISSING: INCOMPLETE,
    Code.MALFORMED: INCOMPLETE,
    Code.MIX_UP: INCOMPLETE,
    Code.SESSION_LOST: Explanation(
        400,
        N_("This browser did not start this sign-in at {base}, or it has lost the cookie of it."),
        N_("Allow cookies for this address, then start the sign-in again in this browser."),
    ),
    Code.EXPIRED: Explanation(400, N_("This sign-in took too long or was already used."), AGAIN),
    Code.CANCELLED: Explanation(403, N_("The sign-in was cancelled at Slack."), AGAIN),
    Code.ALREADY_SIGNED_IN: Explanation(
        403,
        N_("You are already signed in to {base}. Signing in with Slack never changes or links an account."),
        N_("Go on as you are, or sign out first and then sign in with Slack."),
        again=False,
    ),
    Code.NOT_CONFIGURED: CONFIGURATION,
    Code.CONFIGURATION: CONFIGURATION,
    Code.TLS: CONFIGURATION,
    Code.SLACK_UNAVAILABLE: SLACK_TROUBLE,
    Code.BAD_ANSWER: SLACK_TROUBLE,
    Code.CODE_REJECTED: Explanation(400, N_("Slack no longer accepts this sign-in."), AGAIN),
    Code.TOKEN_INVALID: UNTRUSTED,
    Code.NONCE_MISMATCH: UNTRUSTED,
    Code.WRONG_WORKSPACE: Explanation(
        403,
        N_("You signed in to another Slack workspace. {base} belongs to the workspace {workspace}."),
        N_("Start the sign-in again and choose {workspace} at Slack."),
    ),
    Code.EMAIL_MISSING: Explanation(
        403,
        N_("Slack did not tell your e-mail address, which is needed the first time you sign in."),
        N_("Start the sign-in again and allow Slack to share your e-mail address."),
    ),
    Code.EMAIL_UNVERIFIED: Explanation(
        403,
        N_("Your e-mail address is not confirmed at Slack, and the first sign-in needs a confirmed one."),
        N_("Confirm your e-mail address at Slack, then start the sign-in again."),
    ),
    Code.NOT_INVITED: Explanation(
        403,
        N_("Nobody at {base} has been invited with the e-mail address of your Slack account."),
        N_("Ask an administrator of {base} to invite that address, then start the sign-in again."),
    ),
    Code.AMBIGUOUS: Explanation(
        403,
        N_("Several accounts of {base} have the e-mail address of your Slack account."),
        ADMINISTRATOR,
        again=False,
    ),
    Code.ACCOUNT_DISABLED: Explanation(
        403,
        N_("Your account at {base} is deactivated."),
        N_("Ask an administrator of {base} to reactivate it."),
        again=False,
    ),
    Code.IDENTITY_CONFLICT: Explanation(
        403, N_("Your account at {base} is already tied to another Slack user."), ADMINISTRATOR, again=False
    ),
    Code.GUEST: Explanation(
        403,
        N_("You are a guest of the Slack workspace {workspace}, and {base} lets only its full members in."),
        N_("Ask an administrator of {base} to let guests in."),
        again=False,
    ),
    Code.GUEST_UNKNOWN: Explanation(
        403,
        N_("{base} could not find out whether you are a guest of the Slack workspace {workspace}."),
        N_(
            "Ask an administrator of {base} to add a bot token with the scope users:read, or to let guests in."
        ),
    ),
    Code.SIGNED_OUT: Explanation(
        403,
        N_("You are not signed in to {base}, or no longer."),
        N_("Sign in to {base} first, then repeat what you wanted."),
        again=False,
    ),
    Code.OTHER_USER: Explanation(
        403,
        N_("Another user of {base} started this in this browser, or you were signed out meanwhile."),
        N_("Sign in as yourself and start again."),
    ),
    Code.NOT_ADMINISTRATOR: Explanation(
        403, N_("This is for the administrators of {base} alone."), ADMINISTRATOR, again=False
    ),
    Code.ONLY_WAY_IN: Explanation(
        403,
        N_("Slack is the only way to sign in to {base}, so without the link you could not come back."),
        N_("Ask an administrator of {base} to allow other ways first."),
        again=False,
    ),
    Code.UNAVAILABLE: Explanation(
        503,
        N_("{base} cannot sign you in at the moment."),
        N_("Wait a moment, then start the sign-in again."),
    ),
}

ELSEWHERE: dict[Code, Explanation] = {
    Code.CSRF: Explanation(
        400,
        N_("Nothing was done, because the request did not come from a page of {base}."),
        N_("Use the buttons of the page itself."),
    ),
    Code.EXPIRED: Explanation(400, N_("This took too long or was already used."), N_("Start again.")),
    Code.CANCELLED: Explanation(403, N_("This was cancelled at Slack."), N_("Start again.")),
    Code.IDENTITY_CONFLICT: Explanation(
        403,
        N_(
            "This Slack account is already tied to another account of {base}, or yours to another Slack account."
        ),
        N_("If yours is tied already, unlink it first. Otherwise ask an administrator of {base} for help."),
    ),
}
"""What is said differently to somebody who did not want to sign in."""
