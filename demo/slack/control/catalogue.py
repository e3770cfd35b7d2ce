"""Every order of the control API: importing a room registers what is in it."""

from __future__ import annotations

from demo.slack.control import people_orders, record_orders, trouble_orders, world_orders

ROOMS = (people_orders, record_orders, trouble_orders, world_orders)
