"""The second half of the tour: what becomes of what was told, who decides about it, and why it was told or not."""

from __future__ import annotations

from typing import Any

from demo.slack.seed import ACME, GLOBEX
from demo.stage import address
from demo.tour import SECONDS, Step, Tour, cocoom_slack, expect

IMPORTED = 40
GONE = "no longer available"


class Afterwards:
    """Goes on with the people and the connections of the tour."""

    def __init__(self, tour: Tour) -> None:
        self._tour = tour
        self._slack = tour.slack
        self._plan = ""
        self._title = f"Plan {tour.word}"

    def steps(self) -> list[Step]:
        return [
            Step("Bob corrects a post: its message in #news shows the new title", self.corrected),
            Step(
                "Alice comments on it: under the post's message, and by direct message to Bob", self.under_it
            ),
            Step("why was Bob told? the command line says", self.why),
            Step("Bob takes the post back: nothing of it is left in Slack", self.withdrawn),
            Step("acme mutes what is tagged “internal”: nobody is told of that", self.muted),
            Step("what a route would have told, from what really happened", self.dry_run),
            Step("Bob wants no word about comments any more, and gets none", self.not_wanted),
            Step(f"Alice imports {IMPORTED} posts: one message sums them up", self.imported),
            Step("a post in a lent thread: each base tells it with its own link", self.lent),
            Step("every message is there once, posted with its own tenant's token", self._tour.once_each),
        ]

    def corrected(self) -> str:
        self._tour.publish(self._title)
        self._plan = self._tour.bob.url
        self._wait(ACME, "news", lambda m: self._title in m["text"])
        final = f"{self._title}, final"
        self._tour.bob.open(f"{self._plan}/edit").submit("form.sheet", title=final)
        message = self._wait(ACME, "news", lambda m: final in m["text"])
        assert message["edited"], "a new message instead of a changed one"
        return f"“{message['text']}” (edited)"

    def under_it(self) -> str:
        self._tour.alice.open(self._plan).submit("form.comment-form", text="Agreed.")
        post = self._wait(ACME, "news", lambda m: self._title in m["text"])
        reply = self._wait(ACME, "news", lambda m: m.get("thread_ts") == post["ts"] and m["ts"] != post["ts"])
        direct = self._wait(ACME, "U0BOB", lambda m: self._title in m["text"])
        return f"“{reply['text']}” under the post; “{direct['text']}” to Bob"

    def why(self) -> str:
        direct = self._wait(ACME, "U0BOB", lambda m: self._title in m["text"])
        key = direct["metadata"]["event_payload"]["event_key"]
        said = cocoom_slack("why", key, "--person", "acme-bob").strip().splitlines()
        return f"{len(said)} lines, the last: {said[-1].strip()}"

    def withdrawn(self) -> str:
        self._tour.bob.open(self._plan).submit('[action$="/unpublish"]')
        for conversation in ("news", "U0BOB"):
            self._slack.wait_for(ACME, conversation, lambda found: not _naming(found, self._title), SECONDS)
        message = self._wait(ACME, "news", lambda m: GONE in m["text"])
        return f"“{message['text']}”"

    def muted(self) -> str:
        cocoom_slack("routes", "mute", "acme", "--tag", "internal")
        quiet, loud = f"Salaries {self._tour.word}", f"Canteen {self._tour.word}"
        self._tour.bob.open("/publish").submit("form.sheet", title=quiet, tags="Internal")
        self._tour.publish(loud)
        self._wait(ACME, "news", lambda m: loud in m["text"])
        assert not _naming(self._slack.messages(ACME, "news"), quiet), "the muted post was told"
        return f"“{loud}” was told, “{quiet}” was not"

    def dry_run(self) -> str:
        said = cocoom_slack("routes", "add", "acme", "C0GENERAL", "--tag", "internal", "--dry-run")
        return said.strip().splitlines()[2]

    def not_wanted(self) -> str:
        self._tour.bob.open("/settings")
        expect(self._tour.bob, "Direct messages in Slack", at=address("acme"))
        self._bob_wants("edits", "removed_comments", "removed_posts")
        title = f"Undisturbed {self._tour.word}"
        self._tour.publish(title)
        self._tour.alice.open(self._tour.bob.url).submit("form.comment-form", text="Hello?")
        reply = self._wait(ACME, "news", lambda m: title in m["text"] and "thread_ts" in m and m["is_reply"])
        key = reply["metadata"]["event_payload"]["event_key"]
        said = cocoom_slack("why", key, "--person", "acme-bob").strip().splitlines()
        self._bob_wants("comments", "edits", "removed_comments", "removed_posts")
        assert not _naming(self._slack.messages(ACME, "U0BOB"), title), "Bob was told all the same"
        return f"why not: {said[-1].strip()}"

    def _bob_wants(self, *kinds: str) -> None:
        page = self._tour.bob.open("/slack/notifications")
        page.submit("form", tell=list(kinds), digest="now", quiet_from="", quiet_to="")

    def imported(self) -> str:
        titles = "\n".join(f"Archive {self._tour.word} {number}" for number in range(IMPORTED))
        before = len(self._slack.messages(ACME, "news"))
        self._tour.alice.open("/threads/acme-product/import").submit("form.sheet", titles=titles)
        message = self._wait(ACME, "news", lambda m: str(IMPORTED) in m["text"])
        more = len(self._slack.messages(ACME, "news")) - before
        assert more == 1, f"{more} messages"
        return f"“{message['text']}”"

    def lent(self) -> str:
        title = f"Shared with everybody {self._tour.word}"
        self._tour.bob.open("/publish").submit("form.sheet", title=title, thread="acme-hub-news")
        for team, base in ((ACME, "acme"), (GLOBEX, "globex")):
            message = self._wait(team, "news", lambda m: title in m["text"])
            assert f"{address(base)}/posts/" in str(message["blocks"]), "a foreign link"
        return f"“{title}” at acme and at globex"

    def _wait(self, team: str, conversation: str, is_it: Any) -> dict[str, Any]:
        """The newest message of this kind, once there is one."""
        self._slack.wait_for(team, conversation, lambda found: any(map(is_it, found)), SECONDS)
        return [dict(each) for each in self._slack.messages(team, conversation) if is_it(each)][-1]


def _naming(messages: Any, title: str) -> list[str]:
    return [each["text"] for each in messages if title in each["text"] + str(each.get("blocks", ""))]
