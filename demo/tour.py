"""The tour: what two tenants do in a quarter of an hour, over real HTTP, each step checked in Slack's stand-in.

``afterwards`` goes on where this ends: what becomes of what was told, and who decides about it.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from demo.cocoom.passwords import DEMO_PASSWORD
from demo.slack.control import Control
from demo.slack.seed import ACME, GLOBEX
from demo.stage import CONFIG, SLACK_URL, Stage, address, run
from demo.visitor import Visitor

SECONDS = 60
PASSWORD_FORM, SLACK_FORM, CONSENT_FORM = "#sign-in", "#sign-in-slack", "main.card form"
ACME_CLIENT = "1000000001.2000000001"


@dataclass
class Step:
    """What is tried, in words, and the function that tries it and returns what to show."""

    title: str
    walk: Callable[[], str]


class Tour:
    """Walks the steps in order. Titles carry a fresh word, so that a tour may be walked again over old data."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.slack = Control(SLACK_URL)
        self.word = uuid4().hex[:6]
        self.alice = Visitor(address("acme"))
        self.bob = Visitor(address("acme"))
        self.hugo = Visitor(address("globex"))
        self.gina = Visitor(address("globex"))
        self._post = ""

    def steps(self) -> list[Step]:
        return [
            Step("acme is connected to its own Slack app, by the command line", self.connect_acme),
            Step("globex is connected to another one, for notifications alone", self.connect_globex),
            Step("Alice signs in at acme with Slack", self.sign_in_with_slack),
            Step("Bob, Hugo and Gina sign in with their Cocoom accounts", self.sign_in_with_passwords),
            Step("globex has no Slack button, and its /oidc stays the host's", self.other_tenant),
            Step("N1  Bob publishes: #news of acme is told", self.publication),
            Step("N1  Hugo shares at globex: told in French, with globex's own token", self.share),
            Step("N2  a newcomer joins acme: #welcome is told", self.newcomer),
            Step("N3  Alice comments on Bob's post: Bob is told", self.comment),
            Step("N4  Alice removes Bob's comment: Bob is told", self.moderated_comment),
            Step("N5  Alice edits Bob's post: Bob is told", self.edited),
            Step("N6  Alice unpublishes Bob's post: Bob is told", self.moderated_post),
            Step("Hugo shares a dozen links in a row: a few messages name each", self.flood),
            Step("the worker is killed, Bob publishes, another worker delivers", self.killed_worker),
        ]

    # --- connecting ---

    def connect_acme(self) -> str:
        self.slack.clear_record()
        given = "bot_token=xoxb-demo-acme\nclient_secret=acme-client-secret\n"
        said = cocoom_slack("connect", "acme", "--client-id", ACME_CLIENT, "--stdin", given=given)
        in_news = ("--kind", "publications", "--kind", "shares", "--kind", "comments")
        cocoom_slack("routes", "add", "acme", "C0NEWS", *in_news)
        cocoom_slack("routes", "add", "acme", "C0WELCOME", "--kind", "newcomers")
        return said.splitlines()[0]

    def connect_globex(self) -> str:
        given = "bot_token=xoxb-demo-globex\n"
        said = cocoom_slack("connect", "globex", "--notifications", "--stdin", given=given)
        cocoom_slack("routes", "add", "globex", "C1NEWS")
        return said.splitlines()[0]

    # --- signing in ---

    def sign_in_with_slack(self) -> str:
        self.alice.open("/login").submit(SLACK_FORM)
        # Slack's own page: who are you, and may Cocoom know it?
        self.alice.submit(CONSENT_FORM, "Alice Martin")
        return expect(self.alice, "Alice Martin", at=address("acme"))

    def sign_in_with_passwords(self) -> str:
        people = ((self.bob, "bob@acme"), (self.hugo, "hugo@globex"), (self.gina, "gina@globex"))
        for visitor, email in people:
            visitor.open("/login").submit(PASSWORD_FORM, email=f"{email}.example", password=DEMO_PASSWORD)
        return expect(self.bob, "Bob Leroy", at=address("acme"))

    def other_tenant(self) -> str:
        stranger = Visitor(address("globex")).open("/login")
        assert "Slack" not in stranger.text, "globex shows a Slack button"
        return expect(stranger.open("/oidc?code=x&state=y"), "Cocoom account", at=address("globex"))

    # --- the six cases ---

    def publication(self) -> str:
        title = f"Release {self.word}"
        return self.told(ACME, "news", title, lambda: self.publish(title))

    def share(self) -> str:
        title = f"Lien {self.word}"
        return self.told(
            GLOBEX, "news", title, lambda: self.hugo.open("/share").submit("form.sheet", title=title)
        )

    def newcomer(self) -> str:
        name = f"Nina {self.word}"
        email = f"nina-{self.word}@acme.example"
        self.slack.add_user(ACME, name, email)
        self.alice.open("/directory").submit('[action="/directory/invite"]', email=email, display_name=name)
        nina = Visitor(address("acme"))

        def sign_in() -> None:
            nina.open("/login").submit(SLACK_FORM)
            nina.submit(CONSENT_FORM, name)

        return self.told(ACME, "welcome", name, sign_in)

    def comment(self) -> str:
        self._post = self.bob.url
        return self.told(
            ACME, "U0BOB", "Alice Martin commented", lambda: self.comment_on(self.alice, "Well said!")
        )

    def moderated_comment(self) -> str:
        self.comment_on(self.bob, f"One more thing {self.word}")
        return self.told(
            ACME,
            "U0BOB",
            "removed your comment",
            lambda: self.alice.open(self._post).submit(
                '[action^="/comments/"][action$="/moderate"]', reason="Off topic"
            ),
        )

    def edited(self) -> str:
        return self.told(
            ACME,
            "U0BOB",
            "edited your post",
            lambda: self.alice.open(f"{self._post}/edit").submit(
                "form.sheet", title=f"Release {self.word}, corrected"
            ),
        )

    def moderated_post(self) -> str:
        return self.told(
            ACME,
            "U0BOB",
            "unpublished your post",
            lambda: self.alice.open(self._post).submit(
                '[action$="/moderate"]', "Unpublish it", reason="Not yet public"
            ),
        )

    # --- what must never happen ---

    def flood(self) -> str:
        before, began = len(self.slack.messages(GLOBEX, "news")), time.monotonic()
        titles = [f"Lien {self.word} {number:02}" for number in range(12)]
        for title in titles:
            self.hugo.open("/share").submit("form.sheet", title=title)
        self.slack.wait_for(
            GLOBEX, "news", lambda found: any(titles[-1] in m["text"] for m in found), SECONDS
        )
        told = [message["text"] for message in self.slack.messages(GLOBEX, "news")[before:]]
        order = [title for text in told for title in titles if title in text]
        assert order == titles, f"not each once and in order: {order}"
        assert len(told) < len(titles), f"{len(told)} messages for {len(titles)} links"
        return f"{len(titles)} links in {len(told)} messages after {time.monotonic() - began:.1f} s"

    def killed_worker(self) -> str:
        self._stage.worker.stop(signal.SIGKILL)
        title = f"After the crash {self.word}"

        def publish_and_restart() -> None:
            self.publish(title)
            self._stage.worker.start()

        return self.told(ACME, "news", title, publish_and_restart)

    def once_each(self) -> str:
        assert not self.slack.duplicates(), f"posted twice: {self.slack.duplicates()}"
        posts = [each for each in self.slack.requests("chat.postMessage") if each["answer"] == "ok"]
        for each in posts:
            expected = "xoxb-demo-acme" if each["team"] == ACME else "xoxb-demo-globex"
            assert each["token"] == expected, f"a message of {each['team']} with a foreign token"
        return f"{len(posts)} messages, {len(self.slack.posted())} events"

    # --- how it is done ---

    def publish(self, title: str) -> None:
        self.bob.open("/publish").submit("form.sheet", title=title, subtitle="What is new, in short")

    def comment_on(self, visitor: Visitor, text: str) -> None:
        visitor.open(self._post).submit("form.comment-form", text=text)

    def told(self, team: str, conversation: str, words: str, act: Callable[[], object]) -> str:
        """Do something and wait until these words stand in exactly one new message of this conversation."""
        before = count(self.slack, team, conversation, words)
        began = time.monotonic()
        act()
        self.slack.wait_for(
            team, conversation, lambda found: sum(words in m["text"] for m in found) > before, SECONDS
        )
        found = [m["text"] for m in self.slack.messages(team, conversation) if words in m["text"]]
        assert len(found) == before + 1, f"{len(found) - before} messages instead of one"
        return f"“{found[-1]}” after {time.monotonic() - began:.1f} s"


def cocoom_slack(*arguments: str, given: str = "") -> str:
    return run("-m", "cocoom_slack_plugin.cli", "-c", CONFIG, *arguments, given=given)


def expect(visitor: Visitor, words: str, *, at: str) -> str:
    assert words in visitor.text, f"{visitor.url} does not say {words!r} but: {visitor.text[:300]}"
    assert visitor.url.startswith(at), f"ended at {visitor.url}"
    return f"{visitor.url} says “{words}”"


def count(slack: Control, team: str, conversation: str, words: str) -> int:
    return sum(words in message["text"] for message in slack.messages(team, conversation))
