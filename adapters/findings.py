"""What an engine may lack that we must have before we trust it with a case."""

from collections.abc import Mapping
from typing import ClassVar, Final

import msgspec

from domain.speech import CannotRun


class Finding(msgspec.Struct, frozen=True):
    """Something about an engine that endangers what it keeps."""

    code: str
    en: str
    ja: str
    remedy_en: str
    remedy_ja: str
    facts: Mapping[str, str | int] = {}


POSTGRES_TOO_OLD: Final = Finding(
    "POSTGRES_TOO_OLD",
    "PostgreSQL is older than 18.",
    "PostgreSQL が 18 より古い版です。",
    "Upgrade PostgreSQL to version 18 or newer.",
    "PostgreSQL を 18 以降に更新してください。",
)
POSTGRES_FSYNC_OFF: Final = Finding(
    "POSTGRES_FSYNC_OFF",
    "PostgreSQL does not wait for the disk: a power cut may destroy the database.",
    "PostgreSQL がディスクへの書き込みを待ちません。停電でデータベースが壊れるおそれがあります。",
    "Set fsync = on.",
    "fsync = on にしてください。",
)
POSTGRES_SYNCHRONOUS_COMMIT_OFF: Final = Finding(
    "POSTGRES_SYNCHRONOUS_COMMIT_OFF",
    "PostgreSQL confirms before it has saved: a crash may lose what was confirmed.",
    "PostgreSQL が保存前に確定を返します。障害時に確定済みの記録が失われるおそれがあります。",
    "Set synchronous_commit = on, for this role and database too.",
    "このロールとデータベースも含め、synchronous_commit = on にしてください。",
)
POSTGRES_FULL_PAGE_WRITES_OFF: Final = Finding(
    "POSTGRES_FULL_PAGE_WRITES_OFF",
    "PostgreSQL cannot repair a page that a power cut left half written.",
    "停電で書きかけになったページを PostgreSQL が修復できません。",
    "Set full_page_writes = on.",
    "full_page_writes = on にしてください。",
)
POSTGRES_CHECKSUMS_OFF: Final = Finding(
    "POSTGRES_CHECKSUMS_OFF",
    "PostgreSQL cannot notice that the disk has changed what it wrote.",
    "ディスク上でデータが変わっても PostgreSQL が気付けません。",
    "Stop PostgreSQL and run pg_checksums --enable.",
    "PostgreSQL を止めて pg_checksums --enable を実行してください。",
)
POSTGRES_WITHOUT_TLS: Final = Finding(
    "POSTGRES_WITHOUT_TLS",
    "The connection to PostgreSQL leaves this machine unencrypted.",
    "PostgreSQL への接続が暗号化されずにこの機械の外へ出ます。",
    "Add sslmode=verify-full to TSUNAGU_POSTGRES_URL.",
    "TSUNAGU_POSTGRES_URL に sslmode=verify-full を加えてください。",
)
NATS_TOO_OLD: Final = Finding(
    "NATS_TOO_OLD",
    "nats-server is older than 2.15.",
    "nats-server が 2.15 より古い版です。",
    "Upgrade nats-server to version 2.15 or newer.",
    "nats-server を 2.15 以降に更新してください。",
)
NATS_SYNC_NOT_ALWAYS: Final = Finding(
    "NATS_SYNC_NOT_ALWAYS",
    "NATS confirms before it has saved: a power cut may lose what was confirmed.",
    "NATS が保存前に確認応答を返します。停電で確認済みのメッセージが失われるおそれがあります。",
    "Set sync_interval: always in the jetstream block.",
    "jetstream ブロックで sync_interval: always にしてください。",
)
NATS_SYNC_UNKNOWN: Final = Finding(
    "NATS_SYNC_UNKNOWN",
    "Nobody can tell whether NATS saves before it confirms.",
    "NATS が保存してから確認応答を返すかどうか、確かめられません。",
    "Set TSUNAGU_NATS_MONITOR_URL to the address of the server's monitor.",
    "TSUNAGU_NATS_MONITOR_URL にサーバーの監視アドレスを設定してください。",
)
NATS_CIPHER_UNKNOWN: Final = Finding(
    "NATS_CIPHER_UNKNOWN",
    "Nobody can tell whether NATS encrypts what agencies leave with it.",
    "NATS が預かったコマンドを暗号化して保存するかどうか、確かめられません。",
    "Set cipher and key in the jetstream block of the server, and accept this code.",
    "サーバーの jetstream ブロックで cipher と key を設定し、このコードを受け入れてください。",
)
NATS_WITHOUT_TLS: Final = Finding(
    "NATS_WITHOUT_TLS",
    "The connection to NATS leaves this machine unencrypted.",
    "NATS への接続が暗号化されずにこの機械の外へ出ます。",
    "Set up TLS on the server, and tls:// in TSUNAGU_NATS_URL.",
    "サーバーで TLS を設定し、TSUNAGU_NATS_URL を tls:// にしてください。",
)
HTTP_WITHOUT_TLS: Final = Finding(
    "HTTP_WITHOUT_TLS",
    "What comes in over HTTP may reach this machine unencrypted, tokens and all.",
    "HTTP で届くものが、トークンも含めて暗号化されずにこの機械へ届くおそれがあります。",
    "Listen at 127.0.0.1, behind a proxy on this machine that speaks TLS.",
    "127.0.0.1 で待ち受け、TLS を話すプロキシをこの機械に置いてください。",
)


class EnginesRefused(CannotRun):
    """An engine does not keep safe what it is given."""

    ja: ClassVar[str] = "エンジンは預けたものを安全に保てません。"
    remedy: ClassVar[str] = "Follow each finding's remedy, or accept its code in TSUNAGU_ALLOW."
    remedy_ja: ClassVar[str] = (
        "各所見の対処に従うか、そのコードを TSUNAGU_ALLOW で受け入れてください。"
    )

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(codes=[finding.code for finding in findings])
        self.findings = findings
