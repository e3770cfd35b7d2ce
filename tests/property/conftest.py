"""No deadline, because the machine is shared, and no database, because a test leaves nothing behind."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("cocoom", deadline=None, database=None, max_examples=80)
settings.load_profile("cocoom")
