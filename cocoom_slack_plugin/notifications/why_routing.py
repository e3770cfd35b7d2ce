"""Explaining a decision: which route means the event, and whether the person whom it concerns is told. Pure.

The answers come from the functions that decide; here they are only put into words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from cocoom_slack_plugin.notifications.decide import decide
from cocoom_slack_plugin.notifications.decision import Decision
from cocoom_slack_plugin.notifications.kinds import TO_PEOPLE
from cocoom_slack_plugin.notifications.route import About, Chosen, Effect, Route, about, choose
from cocoom_slack_plugin.notifications.route_text import in_words
from cocoom_slack_plugin.notifications.to_people import addressee, to_people
from cocoom_slack_plugin.notifications.why_facts import Facts
from cocoom_slack_plugin.notifications.why_steps import Scope, Step, Verdict, reason_in_words

YES, NO, INFO, WAITS = Verdict


def _names(names: Iterable[str]) -> str:
    return " or ".join(sorted(names))


_MISMATCHES: dict[str, Callable[[About, Route], str]] = {
    "kind": lambda a, r: f"it is one of the {a.kind}, and the route means {_names(r.kinds)}",
    "thread": lambda a, r: f"it is in {_thread(a)}, and the route means {_names(r.threads)}",
    "not_thread": lambda a, _: f"the route leaves out the thread {a.thread}",
    "tag": lambda a, r: f"it has {_tags(a)}, and the route means {_names(r.tags)}",
    "not_tag": lambda a, r: f"the route leaves out what is tagged {_names(r.not_tags & a.tags)}",
    "author": lambda a, r: f"it is by {a.author or 'nobody'}, and the route means {_names(r.authors)}",
    "not_author": lambda a, _: f"the route leaves out what is by {a.author}",
}


def _thread(subject: About) -> str:
    return f"the thread {subject.thread}" if subject.thread else "no thread"


def _tags(subject: About) -> str:
    return f"the tags {', '.join(sorted(subject.tags))}" if subject.tags else "no tags"


def of_channels(facts: Facts, scope: Scope) -> list[Step]:
    """A step for each route, the oldest first; with a channel in scope, those that name it or mute everywhere."""
    assert facts.found is not None
    assert facts.event is not None
    if scope.user_id is not None:
        return []
    subject = about(facts.found.kind, facts.event)
    if subject is None:
        return [Step("routes", INFO, f"routes are not asked for {facts.found.kind}")]
    chosen = choose(subject, facts.given.routes)
    asked = [each for each in facts.given.routes if scope.channel is None or _names_it(each, scope.channel)]
    steps = [_of_route(each, subject, chosen, facts.given.routes) for each in asked]
    if scope.channel and not any(each.channel == scope.channel for each in asked):
        return [*steps, Step("routes", NO, f"no route names the channel {scope.channel}")]
    return steps or [Step("routes", NO, "there are no routes")]


def _names_it(route: Route, channel: str) -> bool:
    return route.channel in (None, channel)


def _of_route(route: Route, subject: About, chosen: Chosen, routes: Sequence[Route]) -> Step:
    what, rule = f"route {route.number}", in_words(route)
    if (condition := route.mismatch(subject)) is not None:
        return Step(what, NO, f"does not mean it: {_MISMATCHES[condition](subject, route)} ({rule})")
    if route.effect is Effect.MUTE:
        return Step(what, NO, f"means it and mutes it: {rule}")
    if route in chosen.telling:
        return Step(what, YES, f"tells it: {rule}")
    return Step(what, NO, f"means it, but {_instead(route, subject, chosen, routes)} ({rule})")


def _instead(route: Route, subject: About, chosen: Chosen, routes: Sequence[Route]) -> str:
    """What keeps a route that means the event from telling it."""
    for muted, mute in chosen.muted:
        if muted == route:
            return f"route {mute.number} mutes it"
    matching = [each for each in routes if each.mismatch(subject) is None]
    others = [each for each in matching if each.effect is Effect.TELL]
    if route.effect is Effect.DEFAULT and others:
        return f"it is a default, and route {others[0].number} means it too"
    older = next(each for each in matching if each.channel == route.channel and each.effect is route.effect)
    return f"the older route {older.number} is for the same channel"


def of_people(facts: Facts, scope: Scope) -> list[Step]:
    """Whether the one person whom it concerns is told by direct message."""
    assert facts.found is not None
    assert facts.event is not None
    if scope.channel is not None:
        return []
    kind = facts.found.kind
    user = addressee(kind, facts.event) if kind in TO_PEOPLE else None
    if user is None:
        verdict = INFO if scope.user_id is None else NO
        return [Step("person", verdict, f"nobody is told personally of {kind}")]
    if scope.user_id not in (None, user.id):
        return [Step("person", NO, f"it concerns {user.id}, and not {scope.user_id}")]
    (decision,) = to_people(kind, facts.event, facts.given)
    if decision.dropped:
        rule = f" (route {decision.route})" if decision.route else ""
        return [Step("person", NO, f"{user.id} is not told: {reason_in_words(decision.dropped)}{rule}")]
    wish = "; by their preferences not at once" if decision.not_before else ""
    return [Step("person", YES, f"{user.id} is told by direct message{wish}")]


def today(facts: Facts, scope: Scope) -> list[Step]:
    """What the rules and preferences would say today, where that is something else than what was decided."""
    assert facts.found is not None
    assert facts.event is not None
    decided = decide(facts.found.kind, facts.event, facts.given)
    told = {
        each.conversation: each for each in decided if each.conversation and scope.holds(each.conversation)
    }
    rows = [each for each in facts.notices if each.act == "tell" and each.conversation]
    then = {each.conversation: each.route_id for each in rows if scope.holds(each.conversation)}
    changed = [
        *(f"{_by(each)} would tell it in {where}" for where, each in told.items() if where not in then),
        *(f"nothing would tell it in {where}" for where in then if where not in told),
        *(
            f"{_by(each)} would tell it in {where}, and not {_rule(then[where])}"
            for where, each in told.items()
            if where in then and then[where] != each.route
        ),
    ]
    return [Step("rules today", INFO, f"changed since: today {each}") for each in changed]


def _by(decision: Decision) -> str:
    return f"route {decision.route}" if decision.route else "the rule for people"


def _rule(number: int | None) -> str:
    return f"route {number}" if number else "a route that is gone"
