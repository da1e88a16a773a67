"""Postgres addresses: put together with their parts quoted, and shown without the password."""

from __future__ import annotations

from urllib.parse import quote, urlsplit, urlunsplit

from deploy.description import HOST


def postgres_dsn(role: str, database: str, port: int, *, password: str = "", host: str = HOST) -> str:
    """`postgresql://role[:password]@host:port/database`."""
    secret = f":{quote(password, safe='')}" if password else ""
    return f"postgresql://{quote(role, safe='')}{secret}@{host}:{port}/{quote(database, safe='')}"


def with_database(dsn: str, database: str) -> str:
    """The same server and role, another database."""
    return urlunsplit(urlsplit(dsn)._replace(path=f"/{quote(database, safe='')}"))


def without_password(dsn: str) -> str:
    """The address as it may be shown."""
    parts = urlsplit(dsn)
    user, at, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{user.partition(':')[0]}{at}{host}"))


def with_role(dsn: str, role: str, password: str, database: str) -> str:
    """The same server, another role and database."""
    server = urlsplit(dsn)
    host = server.netloc.rpartition("@")[2]
    login = f"{quote(role, safe='')}:{quote(password, safe='')}"
    return urlunsplit(server._replace(netloc=f"{login}@{host}", path=f"/{quote(database, safe='')}"))
