"""Tests of the host stand-in, over its real pages and a real PostgreSQL."""
