"""Measuring: ratios of our delivery to plain alternatives, side by side in one run. `make bench`."""
