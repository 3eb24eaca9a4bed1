"""The grammar of the domain in plain Python: no Qt, no SQLAlchemy, nothing slow to import."""
