"""The house's column types, the same on SQLite, MySQL and MariaDB."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BINARY, BigInteger, Dialect, Integer, String, Text, TypeDecorator
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeEngine

_TEXT_SIZE = len("2025-01-31 23:59:59.000000")
_MODULUS = 2**64


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC instant to the microsecond: DATETIME(6), or text of fixed width that sorts by time in SQLite.

    Raises:
        ValueError: on binding a naive datetime.
    """

    impl = String(_TEXT_SIZE)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name in ("mysql", "mariadb"):
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return dialect.type_descriptor(String(_TEXT_SIZE))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a stored time must know its zone"
            raise ValueError(message)
        return as_text(value) if dialect.name == "sqlite" else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        naive = datetime.fromisoformat(value) if dialect.name == "sqlite" else value
        return naive.replace(tzinfo=UTC)


def as_text(instant: datetime) -> str:
    """An instant as a statement without column types has it: SQLite keeps this text, a server reads it."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")


class Uuid16(TypeDecorator[UUID]):
    """A UUID in 16 bytes. Version 7 ids sort by the time of their making."""

    impl = BINARY(16)
    cache_ok = True

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        return None if value is None else value.bytes

    def process_result_value(self, value: Any, dialect: Dialect) -> UUID | None:  # noqa: ARG002
        return None if value is None else UUID(bytes=bytes(value))


class Bytes16(TypeDecorator[bytes]):
    """Exactly 16 bytes, such as a lookup hash. Can be a key in every database, unlike a blob."""

    impl = BINARY(16)
    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        return None if value is None else bytes(value)


class Bytes8(TypeDecorator[bytes]):
    """Exactly 8 bytes, such as a voucher's id."""

    impl = BINARY(8)
    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        return None if value is None else bytes(value)


class Unsigned64(TypeDecorator[int]):
    """0 to 2**64 - 1 in a signed BIGINT (two's complement), since SQLite has no unsigned one."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        return None if value is None else (value - _MODULUS if value >= _MODULUS // 2 else value)

    def process_result_value(self, value: Any, dialect: Dialect) -> int | None:  # noqa: ARG002
        return None if value is None else value % _MODULUS


class LongText(TypeDecorator[str]):
    """Text of up to 16 MiB."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(mysql.MEDIUMTEXT() if dialect.name in ("mysql", "mariadb") else Text())


class Counted(TypeDecorator[int]):
    """A primary key that the database counts up: BIGINT, or INTEGER in SQLite, which counts by itself only there."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())
