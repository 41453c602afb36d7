"""Column types: instants as whole microseconds UTC, enums as their words. SQLite would drop zones and blur decimals."""

from datetime import datetime, timedelta, timezone
from enum import Enum
from typing import Any

from sqlalchemy import BigInteger, String
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
MICROSECOND = timedelta(microseconds=1)


class Instant(TypeDecorator):
    """An aware datetime; microseconds since 1970 UTC in the database. A naive one is refused."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Any) -> datetime | None:
        return None if value is None else EPOCH + value * MICROSECOND


class Words(TypeDecorator):
    """One word of an enum, kept as text."""

    impl = String(40)
    cache_ok = True

    def __init__(self, words: type[Enum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: Enum | str | None, dialect: Any) -> str | None:
        return None if value is None else self.words(value).value

    def process_result_value(self, value: str | None, dialect: Any) -> Enum | None:
        return None if value is None else self.words(value)

    def __repr__(self) -> str:
        return "String(length=40)"
