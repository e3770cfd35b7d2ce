"""Why (not)? The steps from an event to its messages, each with its rule. Pure, on facts read before."""

from __future__ import annotations

from cocoom_hooks.payloads import CollaboratorEvent, PostEvent
from cocoom_slack_plugin.notifications import why_delivery as delivery
from cocoom_slack_plugin.notifications import why_routing as routing
from cocoom_slack_plugin.notifications.clean import clean
from cocoom_slack_plugin.notifications.decide import decide
from cocoom_slack_plugin.notifications.decision import Act
from cocoom_slack_plugin.notifications.why_advice import advise
from cocoom_slack_plugin.notifications.why_facts import Facts
from cocoom_slack_plugin.notifications.why_steps import Explanation, Scope, Step, Verdict

YES, NO, INFO, WAITS = Verdict
TITLE_LIMIT = 80


def explain(facts: Facts, scope: Scope) -> Explanation:
    """Every step of one event, as far as it concerns what is asked about."""
    return Explanation([*_recorded(facts), *_onwards(facts, scope)], advise(facts, scope))


def _recorded(facts: Facts) -> list[Step]:
    found = facts.found
    if found is None:
        return [Step("recorded", NO, _nothing(facts))]
    steps = [Step("recorded", YES, f"{found.kind} {found.event_id}{_subject(facts)}", found.recorded_at)]
    if found.event_id != facts.asked:
        steps.append(Step("recorded", INFO, f"{facts.asked} is the post; asked is how it was told first"))
    if found.decided_at is None:
        return [*steps, Step("decided", WAITS, "no worker has taken it up yet; this is what it would decide")]
    return [*steps, Step("decided", YES, "taken up by a worker", found.decided_at)]


def _nothing(facts: Facts) -> str:
    since = (
        f"the oldest record is of {facts.kept_since:%Y-%m-%d %H:%M} UTC"
        if facts.kept_since
        else "there is none"
    )
    return (
        f"no event and no post {facts.asked!r} is recorded: notifications were off then, the host has not told it, or "
        f"it is gone (records are kept for {facts.notice_days} days after their end; {since})"
    )


def _subject(facts: Facts) -> str:
    match facts.event:
        case PostEvent() as event:
            title = clean(event.post.title, TITLE_LIMIT)
            return f": “{title}” by {event.post.author.id} in the thread {event.post.thread.id}"
        case CollaboratorEvent() as event:
            return f": {event.collaborator.id}"
        case _:
            return ""


def _onwards(facts: Facts, scope: Scope) -> list[Step]:
    if facts.found is None:
        return delivery.of_connection(facts)
    if facts.event is None:
        steps = [Step("read", NO, "this version of the plugin cannot read what another version recorded")]
    else:
        steps = [*routing.of_channels(facts, scope), *routing.of_people(facts, scope)]
    asked = delivery.notices(facts, scope)
    if facts.event is not None and facts.found.decided_at is not None:
        steps += routing.today(facts, scope)
    if any(each.state == "waiting" for each in asked) or _will_be_told(facts):
        steps += [*delivery.of_connection(facts), *delivery.of_workspace(facts)]
    for each in asked:
        steps += delivery.of_notice(facts, each)
    return steps


def _will_be_told(facts: Facts) -> bool:
    if facts.found is None or facts.event is None or facts.found.decided_at is not None:
        return False
    decided = decide(facts.found.kind, facts.event, facts.given)
    return any(each.conversation and each.act is Act.TELL for each in decided)
