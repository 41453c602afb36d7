"""Where everything is kept: SQLAlchemy on SQLite or PostgreSQL."""
