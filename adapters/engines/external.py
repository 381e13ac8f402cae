"""Engines that somebody else runs, at the addresses of the settings."""

import os
from pathlib import Path
from typing import ClassVar

from msgspec.structs import replace
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from adapters.engines.asking import is_this_machine
from adapters.engines.endpoints import APP, KEYRING, NatsAccess, PostgresAccess
from adapters.engines.nkey import is_user_seed
from adapters.findings import POSTGRES_WITHOUT_TLS
from adapters.settings import NatsUrl, PostgresUrl, Settings
from domain.speech import CannotRun


class CredentialsUnreadable(CannotRun):
    """A file of credentials cannot be read, or holds none."""

    ja: ClassVar[str] = "認証情報のファイルが読めないか、認証情報が入っていません。"
    remedy: ClassVar[str] = "Check the path and the rights of the file named here."
    remedy_ja: ClassVar[str] = "ここに示すファイルのパスと権限を確認してください。"


def external_postgres(
    settings: Settings, url: PostgresUrl
) -> tuple[PostgresAccess, tuple[str, ...]]:
    """And the logins behind it, which work before the migrations have made the roles."""
    password = _content(settings.postgres_password_file)
    tls = POSTGRES_WITHOUT_TLS.code not in settings.allow
    main = _login(url, password, tls=tls)
    owner = _login(settings.postgres_owner_url or url, password, tls=tls)
    keyring = _login(settings.keyring_url or url, password, tls=tls)
    access = PostgresAccess(
        owner=owner,
        app=main if settings.postgres_owner_url else _as(APP, main),
        keyring=keyring if settings.keyring_url else _as(KEYRING, main),
    )
    return access, (owner, main, keyring)


def external_nats(settings: Settings, url: NatsUrl) -> NatsAccess:
    path, monitor_url = settings.nats_credentials, settings.nats_monitor_url
    access = NatsAccess(url.reveal(), monitor_url=monitor_url.reveal() if monitor_url else None)
    content = _content(path)
    if content is None:
        return access
    if is_user_seed(content):
        return replace(access, seed=content)
    if "BEGIN NATS USER JWT" not in content:
        raise CredentialsUnreadable(path=path)
    return replace(access, credentials=path)


def _login(url: PostgresUrl, password: str | None, *, tls: bool) -> str:
    """An address without a password takes it from the file.

    Beyond this machine the password is said only to who proves to know it, and only encrypted,
    unless the address or the operator says otherwise.
    """
    said = {"password": password, **conninfo_to_dict(url.reveal())}
    careful: dict[str, str] = {}
    if not is_this_machine(str(said.get("hostaddr") or said["host"])):
        if tls and "PGSSLMODE" not in os.environ:
            careful["sslmode"] = "require"
        if said["password"] and not str(said.get("sslmode")).startswith("verify"):
            careful["require_auth"] = "scram-sha-256"
    return make_conninfo("", **{**careful, **said})


def _as(role: str, login: str) -> str:
    """One login serves all: each session takes its role, and no other's rights."""
    options = conninfo_to_dict(login).get("options") or ""
    return make_conninfo(login, options=f"{options} -c role={role}".strip())


def _content(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise CredentialsUnreadable(path=path) from None
