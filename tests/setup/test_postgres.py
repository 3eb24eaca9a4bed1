"""The PostgreSQL that tests get: a real one, empty, and each test's own."""

import pytest
from sqlalchemy import create_engine, text


@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_test_has_its_database_to_itself(empty_postgres_url: str, turn: str) -> None:
    engine = create_engine(empty_postgres_url)
    with engine.begin() as connection:
        # Fails where another test's table still stands.
        connection.execute(text("CREATE TABLE calls (reference text)"))
        connection.execute(text("INSERT INTO calls VALUES ('شكوى')"))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT reference FROM calls")) == "شكوى"
    engine.dispose()
