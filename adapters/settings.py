"""What an operator may set: every TSUNAGU_* name, read once."""

import difflib
import os
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, ClassVar, Final, Literal, TypeAlias, get_args
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec
from msgspec import Meta

from domain.speech import CannotRun

PREFIX: Final = "TSUNAGU_"
VALUE_LENGTH_MAX: Final = 4096


class SettingRefused(CannotRun):
    """A setting has a value that cannot be used."""

    ja: ClassVar[str] = "設定の値が使えません。"
    remedy: ClassVar[str] = "Set the variable named here to what is expected, or unset it."
    remedy_ja: ClassVar[str] = "ここに示す変数を期待される値にするか、消してください。"


class SettingUnknown(CannotRun):
    """There is no setting of this name."""

    ja: ClassVar[str] = "この名前の設定はありません。"
    remedy: ClassVar[str] = "Use the nearest name shown, or unset the variable."
    remedy_ja: ClassVar[str] = "示された近い名前を使うか、変数を消してください。"


class Secret:
    """A text that shows itself only when asked to."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "<sealed>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)


class Url(Secret):
    """An address, shown without who logs in and with what."""

    __slots__ = ()
    schemes: ClassVar[tuple[str, ...]]

    def __init__(self, text: str) -> None:
        super().__init__(text)
        parts = urlsplit(text)
        if not text.isascii() or parts.scheme not in self.schemes or not self.host():
            raise ValueError(self.schemes)
        if "@" in parts.path + parts.query + parts.fragment:  # A password with a bare / ? or #.
            raise ValueError(self.schemes)

    def host(self) -> str | None:
        """Raises ValueError where the port is no number."""
        parts = urlsplit(self.reveal())
        return parts.hostname if parts.port != 0 else None

    def __repr__(self) -> str:
        parts = urlsplit(self.reveal())
        login, _, hosts = parts.netloc.rpartition("@")
        query = [
            (key, "<sealed>" if "pass" in key or "secret" in key else value)
            for key, value in parse_qsl(parts.query)
        ]
        return parts._replace(
            netloc=f"<sealed>@{hosts}" if login else hosts, query=urlencode(query, safe="<>/")
        ).geturl()


class PostgresUrl(Url):
    __slots__ = ()
    schemes: ClassVar[tuple[str, ...]] = ("postgresql", "postgres")

    def host(self) -> str | None:
        """Or the folder of a socket, which may stand in the query."""
        import psycopg  # noqa: PLC0415 (it is slow to import, and few settings are an address)
        from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415

        try:
            return str(conninfo_to_dict(self.reveal()).get("host") or "")
        except psycopg.Error:  # Its message quotes the address, password and all.
            raise ValueError(self.schemes) from None


class NatsUrl(Url):
    __slots__ = ()
    schemes: ClassVar[tuple[str, ...]] = ("nats", "tls")


class MonitorUrl(Url):
    __slots__ = ()
    schemes: ClassVar[tuple[str, ...]] = ("http", "https")


class TracesUrl(Url):
    __slots__ = ()
    schemes: ClassVar[tuple[str, ...]] = ("http", "https")


FindingCode: TypeAlias = Annotated[str, Meta(pattern=r"^[A-Z][A-Z0-9_]{2,63}$")]

A_PATH = Meta(description="an absolute path", extra={"ja": "絶対パス"})
A_POSTGRES_URL = Meta(
    description="postgresql://user:password@host:port/database, in ASCII",
    extra={"ja": "ASCII の postgresql://user:password@host:port/database"},
)
A_NATS_URL = Meta(
    description="nats://host:port or tls://host:port, in ASCII",
    extra={"ja": "ASCII の nats://host:port または tls://host:port"},
)
A_MONITOR_URL = Meta(
    description="http://host:port or https://host:port, in ASCII",
    extra={"ja": "ASCII の http://host:port または https://host:port"},
)
AN_ADDRESS = Meta(
    pattern=r"^[0-9A-Za-z.:-]{1,253}$",
    description="a host name or address to listen at, such as 127.0.0.1",
    extra={"ja": "待ち受けるホスト名またはアドレス。例: 127.0.0.1"},
)
A_PORT = Meta(
    ge=0,
    le=65535,
    description="a port, or 0 for any that is free",
    extra={"ja": "ポート番号。0 は空いているもの"},
)
A_TRACES_URL = Meta(
    description="http://host:port/v1/traces of an OpenTelemetry collector, in ASCII",
    extra={"ja": "OpenTelemetry コレクターの http://host:port/v1/traces（ASCII）"},
)
A_SECRET = Meta(description="a secret text", extra={"ja": "秘密の文字列"})
A_LANGUAGE = Meta(description="ja or en", extra={"ja": "ja または en"})
A_LOG_FORMAT = Meta(description="json or terminal", extra={"ja": "json または terminal"})
FINDING_CODES = Meta(
    description="codes of findings, comma separated, such as NATS_WITHOUT_TLS",
    extra={"ja": "所見のコード（コンマ区切り）。例: NATS_WITHOUT_TLS"},
)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    data: Annotated[Path, A_PATH]
    postgres_url: Annotated[PostgresUrl | None, A_POSTGRES_URL] = None
    postgres_owner_url: Annotated[PostgresUrl | None, A_POSTGRES_URL] = None
    keyring_url: Annotated[PostgresUrl | None, A_POSTGRES_URL] = None
    postgres_password_file: Annotated[Path | None, A_PATH] = None
    postgres_bin: Annotated[Path | None, A_PATH] = None
    nats_url: Annotated[NatsUrl | None, A_NATS_URL] = None
    nats_credentials: Annotated[Path | None, A_PATH] = None
    nats_monitor_url: Annotated[MonitorUrl | None, A_MONITOR_URL] = None
    nats_server: Annotated[Path | None, A_PATH] = None
    http_host: Annotated[str, AN_ADDRESS] = "127.0.0.1"
    http_port: Annotated[int, A_PORT] = 8420
    traces: Annotated[TracesUrl | None, A_TRACES_URL] = None
    kek: Annotated[Secret | None, A_SECRET] = None
    kek_file: Annotated[Path | None, A_PATH] = None
    token: Annotated[Secret | None, A_SECRET] = None  # Of whoever reads from the command line.
    lang: Annotated[Literal["ja", "en"] | None, A_LANGUAGE] = None
    log_format: Annotated[Literal["json", "terminal"] | None, A_LOG_FORMAT] = None
    allow: Annotated[frozenset[FindingCode], FINDING_CODES] = frozenset()


FIELDS: Final = {PREFIX + field.name.upper(): field for field in msgspec.structs.fields(Settings)}


def read(environ: Mapping[str, str]) -> Settings:
    """An empty value counts as unset."""
    given = {name: text for name, text in environ.items() if name.startswith(PREFIX) and text}
    for name in given:
        if name not in FIELDS:
            nearest = difflib.get_close_matches(name, FIELDS, n=1)
            raise SettingUnknown(variable=name, nearest=nearest[0] if nearest else None)
    values = {FIELDS[name].name: _converted(name, text) for name, text in given.items()}
    settings = msgspec.convert({"data": _home(environ), **values}, Settings)
    if settings.kek and settings.kek_file:
        raise SettingRefused(
            variable="TSUNAGU_KEK_FILE",
            expected="either TSUNAGU_KEK or TSUNAGU_KEK_FILE",
            expected_ja="TSUNAGU_KEK か TSUNAGU_KEK_FILE のどちらか一方",
        )
    if (settings.postgres_owner_url or settings.keyring_url) and not settings.postgres_url:
        raise _refused(variable="TSUNAGU_POSTGRES_URL")
    return settings


def shown(settings: Settings) -> dict[str, str]:
    """What is set, under its variable's name, with every secret sealed."""
    values: dict[str, object] = {
        name: getattr(settings, field.name) for name, field in FIELDS.items()
    }
    values["TSUNAGU_ALLOW"] = ",".join(sorted(settings.allow))
    return {
        name: str(value)
        for name, value in values.items()
        if value and value != FIELDS[name].default
    }


def _home(environ: Mapping[str, str]) -> Path:
    if os.geteuid() == 0:
        return Path("/var/lib/tsunagu")
    for base in (
        Path(environ.get("XDG_DATA_HOME", "")),
        Path(environ.get("HOME", ""), ".local/share"),
    ):
        if base.is_absolute():
            return base / "tsunagu"
    raise _refused(variable="TSUNAGU_DATA")


def _converted(name: str, text: str) -> object:
    kind = FIELDS[name].type
    try:
        return msgspec.convert(
            text.split(",") if kind == Settings.__annotations__["allow"] else _sane(text),
            kind,
            strict=get_args(kind)[0] is not int,  # An environment holds texts alone.
            dec_hook=_decoded,
        )
    except (msgspec.ValidationError, ValueError):
        raise _refused(
            variable=name
        ) from None  # The cause quotes the value, which may be a secret.


def _sane(text: str) -> str:
    """Two texts that look alike must be alike: two spellings of a path are two folders."""
    if (
        len(text) > VALUE_LENGTH_MAX
        or not text.isprintable()
        or not unicodedata.is_normalized("NFC", text)
    ):
        raise ValueError(VALUE_LENGTH_MAX)
    return text


def _decoded(kind: type, value: object) -> object:
    assert isinstance(value, str)
    if issubclass(kind, Path):
        if not value.startswith("/"):
            raise ValueError(kind)
        return Path(value)
    assert issubclass(kind, Secret)
    return kind(value)


def _refused(*, variable: str) -> SettingRefused:
    expected: Meta = FIELDS[variable].type.__metadata__[0]
    assert expected.extra
    return SettingRefused(
        variable=variable, expected=expected.description, expected_ja=expected.extra["ja"]
    )
