"""Migrations: ordered SQL files, checksummed, under a lock, forward only."""

import hashlib
import importlib.resources
from typing import ClassVar, Final

import msgspec
import psycopg
from psycopg.rows import TupleRow, class_row

from domain.speech import CannotRun

_LOCK: Final = 8341690325734101

# NOLOGIN roles where the installation has not made them with a login of their own. Roles belong to
# the whole cluster, and our lock to one database: another's migration may make them beside us.
ROLES: Final = """
do $$
declare wanted text;
begin
    foreach wanted in array array['tsunagu_log', 'tsunagu_keys', 'tsunagu_app', 'tsunagu_keyring']
    loop
        if not exists (select from pg_roles where rolname = wanted) then
            begin
                execute format('create role %I nologin', wanted);
            exception when duplicate_object or unique_violation then
                null;
            end;
        end if;
        if not pg_has_role(current_user, wanted, 'set') then
            begin
                execute format('grant %I to current_user with set true', wanted);
            exception when unique_violation then
                null;
            end;
        end if;
        if wanted in ('tsunagu_log', 'tsunagu_keys') then
            execute format('grant create on database %I to %I', current_database(), wanted);
        end if;
    end loop;
end $$
"""

_BOOK: Final = """
create table if not exists public.migration (
    number     int  primary key,
    name       text not null,
    sha256     text not null,
    applied_at timestamptz not null default clock_timestamp()
)
"""


class DatabaseIsNewer(CannotRun):
    """The database was written by a newer version of Tsunagu than this one."""

    ja: ClassVar[str] = "データベースは、この Tsunagu より新しい版で作成されています。"
    remedy: ClassVar[str] = "Run the newer version; a database is never taken back to an older one."
    remedy_ja: ClassVar[str] = (
        "新しい版の Tsunagu を使ってください。データベースを古い版に戻すことはできません。"
    )


class MigrationChanged(CannotRun):
    """A migration that this database has applied is no longer what it was."""

    ja: ClassVar[str] = (
        "このデータベースに適用済みのマイグレーションの内容が、後から変わっています。"
    )
    remedy: ClassVar[str] = "Reinstall Tsunagu: an applied migration file is never edited."
    remedy_ja: ClassVar[str] = (
        "Tsunagu を入れ直してください。適用済みのマイグレーションは書き換えられません。"
    )


class RolesOutOfReach(CannotRun):
    """The owner of the database may not make the roles that Tsunagu needs, or not act as them."""

    ja: ClassVar[str] = (
        "データベースの所有者に、Tsunagu に必要なロールを作成または使用する権限がありません。"
    )
    remedy: ClassVar[str] = (
        "Let it own the database and have CREATEROLE; or, where the roles are there already, run as"
        " a superuser `GRANT tsunagu_log, tsunagu_keys, tsunagu_app, tsunagu_keyring TO` the owner"
        " `WITH SET TRUE`."
    )
    remedy_ja: ClassVar[str] = (
        "データベースの所有権と CREATEROLE を与えてください。ロールがすでにある場合は、スーパー"
        "ユーザーで `GRANT tsunagu_log, tsunagu_keys, tsunagu_app, tsunagu_keyring TO 所有者"
        " WITH SET TRUE` を実行してください。"
    )


class Migration(msgspec.Struct, frozen=True):
    number: int
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


class Applied(msgspec.Struct, frozen=True):
    number: int
    sha256: str


def migrations() -> tuple[Migration, ...]:
    folder = importlib.resources.files("adapters.postgres") / "migrations"
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".sql"))
    return tuple(
        Migration(int(name[:4]), name, (folder / name).read_text(encoding="utf-8"))
        for name in names
    )


async def migrate(owner: str, wanted: tuple[Migration, ...] | None = None) -> tuple[str, ...]:
    """Bring the database up to what this version knows; return the names of what was applied."""
    known = migrations() if wanted is None else wanted
    async with await psycopg.AsyncConnection.connect(owner) as connection:
        await connection.execute("select pg_advisory_xact_lock(%s)", (_LOCK,))
        await connection.execute(_BOOK)
        cursor = connection.cursor(row_factory=class_row(Applied))
        await cursor.execute("select number, sha256 from public.migration order by number")
        applied = await cursor.fetchall()
        _check(applied, known)
        missing = known[len(applied) :]
        if missing:
            await _make_roles(connection)
        for migration in missing:
            await connection.execute(migration.sql.encode())
            await connection.execute(
                "insert into public.migration (number, name, sha256) values (%s, %s, %s)",
                (migration.number, migration.name, migration.sha256),
            )
    return tuple(migration.name for migration in missing)


async def _make_roles(connection: psycopg.AsyncConnection[TupleRow]) -> None:
    try:
        await connection.execute(ROLES)
    except psycopg.errors.InsufficientPrivilege as error:
        raise RolesOutOfReach(database=connection.info.dbname) from error


def _check(applied: list[Applied], known: tuple[Migration, ...]) -> None:
    if len(applied) > len(known):
        raise DatabaseIsNewer(database=applied[-1].number, code=known[-1].number if known else 0)
    for there, here in zip(applied, known, strict=False):
        if (there.number, there.sha256) != (here.number, here.sha256):
            raise MigrationChanged(number=there.number)
