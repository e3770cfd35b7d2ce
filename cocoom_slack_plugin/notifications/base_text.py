"""The words of what happens to a base as a whole: somebody joins it, somebody tries its connection."""

from __future__ import annotations

from cocoom_hooks.payloads import CollaboratorEvent, Event
from cocoom_slack_plugin.notifications.text import Manner, Text, base_link, name
from cocoom_slack_plugin.translations import N_


def joined(event: Event, manner: Manner) -> Text:
    assert isinstance(event, CollaboratorEvent)
    welcome = N_("{name} has joined {base}. Welcome!")
    line = manner.words.line(welcome, name=name(event.collaborator), base=base_link(event))
    return Text((line,), line)


def tested(event: Event, manner: Manner) -> Text:
    sentence = N_("{base} can post here. This is a test message that somebody asked for.")
    line = manner.words.line(sentence, base=base_link(event))
    return Text((line,), line)
