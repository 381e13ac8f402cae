"""Reading from the command line: what cannot be a token is sent nowhere."""

from pathlib import Path

import pytest

from adapters.cli.fetching import NoToken, TokenNotReadable, fetched
from adapters.settings import Secret, Settings
from domain.speech import Refused
from services.identity import TOKEN_LENGTH_MAX, TokenNotValid


def refused(*, file: Path | None = None, token: str | None = None) -> type[Refused]:
    settings = Settings(data=Path("nowhere"), token=None if token is None else Secret(token))
    with pytest.raises(Refused) as refusal:
        fetched(settings, file, "/v1/cases")
    return refusal.type


@pytest.mark.parametrize(
    "held",
    [
        b"tsg_\xff\xfe",
        b"tsg_a\0b",
        b"tsg_a\r\nX-Agency: ours",
        "これはトークン".encode(),
        b"a" * (TOKEN_LENGTH_MAX + 1),
        b"a" * 1_000_000,
    ],
    ids=["not text", "zero", "a second line", "Japanese", "longer than any", "a megabyte"],
)
def test_a_file_that_holds_no_token_is_refused_as_no_token_of_ours(
    held: bytes, tmp_path: Path
) -> None:
    (tmp_path / "token").write_bytes(held)
    assert refused(file=tmp_path / "token") is TokenNotValid


def test_a_file_that_cannot_be_read_is_refused_and_so_is_a_folder(tmp_path: Path) -> None:
    assert refused(file=tmp_path / "forgotten") is TokenNotReadable
    assert refused(file=tmp_path) is TokenNotReadable


@pytest.mark.parametrize("held", [b"", b" \n"])
def test_in_an_empty_file_there_is_no_token(held: bytes, tmp_path: Path) -> None:
    (tmp_path / "token").write_bytes(held)
    assert refused(file=tmp_path / "token") is NoToken


@pytest.mark.parametrize(
    ("said", "why"), [(None, NoToken), (" ", NoToken), ("tsg_\ud800", TokenNotValid)]
)
def test_a_token_from_the_surroundings_is_looked_at_as_well(
    said: str | None, why: type[Refused]
) -> None:
    assert refused(token=said) is why
