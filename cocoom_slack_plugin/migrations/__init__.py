"""Database migrations: an Alembic branch that a host adds to its version locations."""
