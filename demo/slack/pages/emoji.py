"""The handful of ``:emoji:`` names a knowledge base uses; all others stay as they are written."""

from __future__ import annotations

import re

_NAME = re.compile(r":([a-z0-9_+-]+):")

EMOJI = {
    "wave": "👋",
    "tada": "🎉",
    "memo": "📝",
    "pencil": "✏️",
    "pencil2": "✏️",
    "speech_balloon": "💬",
    "books": "📚",
    "book": "📖",
    "newspaper": "📰",
    "link": "🔗",
    "bell": "🔔",
    "eyes": "👀",
    "heart": "❤️",
    "rocket": "🚀",
    "sparkles": "✨",
    "star": "⭐",
    "fire": "🔥",
    "smile": "😄",
    "slightly_smiling_face": "🙂",
    "thumbsup": "👍",
    "+1": "👍",
    "-1": "👎",
    "clap": "👏",
    "pushpin": "📌",
    "warning": "⚠️",
    "white_check_mark": "✅",
    "x": "❌",
    "no_entry": "⛔",
    "lock": "🔒",
    "key": "🔑",
    "gear": "⚙️",
    "hourglass": "⌛",
    "calendar": "📅",
    "bulb": "💡",
    "shield": "🛡️",
    "bust_in_silhouette": "👤",
    "handshake": "🤝",
    "inbox_tray": "📥",
}


def with_emoji(text: str) -> str:
    return _NAME.sub(lambda found: EMOJI.get(found[1], found[0]), text)
