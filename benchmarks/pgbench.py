"""PostgreSQL's own load generator, without Python: how fast the engine takes rows here.

Its tables start empty, which is to its advantage.
"""

import asyncio
import os
import re
from typing import Final

import psycopg
from psycopg.conninfo import conninfo_to_dict

from adapters.engines import PostgresAccess
from benchmarks import notebook
from benchmarks.databases import Bench
from benchmarks.measuring import Sample, Side
from domain.model import StreamId

ONE_ROW: Final = "pgbench, one row"
SAME_ROWS: Final = "pgbench, the same rows"

_TABLES: Final = """
create table one_row (
    position bigserial primary key, stream uuid not null, version bigint not null,
    state bytea not null, unique (stream, version)
);
create sequence position;
create table event (
    position bigint primary key, stream uuid not null, version bigint not null,
    type text not null collate "C", entry bytea not null, unique (stream, version)
);
create table part (
    position bigint not null, field text not null collate "C", ciphertext bytea not null,
    primary key (position, field)
);
alter table part alter column ciphertext set storage external;
create table command (
    agency uuid not null, id uuid not null, body bytea not null, answer bytea not null,
    primary key (agency, id)
);
"""
_ONE_ROW: Final = """
insert into one_row (stream, version, state) values (gen_random_uuid(), 1, :state);
"""
# One round trip: all that a command leaves in the log, without a check and without a lock.
_SAME_ROWS: Final = """
with appended as (
    insert into event (position, stream, version, type, entry)
    values (nextval('position'), gen_random_uuid(), 1, :type, :entry) returning position
), sealed as (
    insert into part (position, field, ciphertext)
    select position, field, ciphertext from appended,
    (values ('number', :number::bytea), ('worry', :worry::bytea)) part(field, ciphertext)
)
insert into command (agency, id, body, answer) values (:agency, uuidv7(), :body, :answer);
"""


def side(script: str, clients: int) -> str:
    return f"{script}, {clients} client{'s' if clients > 1 else ''}"


async def sides(bench: Bench, clients: tuple[int, ...], seconds: float) -> dict[str, Side]:
    access = await bench.empty_database()
    async with await psycopg.AsyncConnection.connect(access.owner, autocommit=True) as owner:
        await owner.execute(_TABLES)
    (note,) = notebook.notes(StreamId(notebook.WOMAN), 1)
    ciphertexts = dict(note.parts)
    values = {
        "state": _hex(bytes(400)),
        "type": note.type,
        "entry": _hex(bytes(8) + note.header),
        "number": _hex(ciphertexts["number"]),
        "worry": _hex(ciphertexts["worry"]),
        "agency": str(notebook.AGENCY),
        "body": _hex(bytes(32)),
        "answer": _hex(bytes(60)),
    }
    scripts = {ONE_ROW: bench.data / "one_row.sql", SAME_ROWS: bench.data / "same_rows.sql"}
    scripts[ONE_ROW].write_text(_ONE_ROW, encoding="ascii")
    scripts[SAME_ROWS].write_text(_SAME_ROWS.replace("\n", " ").strip(), encoding="ascii")

    def inserting(script: str, count: int) -> Side:
        async def insert() -> Sample:
            return await _pgbench(
                bench,
                access,
                *("--file", str(scripts[script]), "--client", str(count)),
                *("--jobs", str(min(2, count)), "--time", str(max(1, round(seconds)))),
                *(f"--define={name}={value}" for name, value in values.items()),
            )

        return insert

    return {
        side(script, count): inserting(script, count) for count in clients for script in scripts
    }


async def _pgbench(bench: Bench, access: PostgresAccess, *arguments: str) -> Sample:
    to = {name: str(value) for name, value in conninfo_to_dict(access.owner).items()}
    process = await asyncio.create_subprocess_exec(
        bench.pgbench,
        *("--no-vacuum", "--protocol", "prepared"),
        *("--host", to["host"], "--port", to["port"], "--username", to["user"]),
        *arguments,
        to["dbname"],
        env={**os.environ, "PGPASSWORD": to["password"]},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, errors = await process.communicate()
    found = re.search(rb"tps = ([0-9.]+)", said)
    if process.returncode != 0 or found is None:
        raise RuntimeError(errors.decode())
    return Sample(per_s=float(found[1]))


def _hex(value: bytes) -> str:
    return f"\\x{value.hex()}"
