"""As many may come as are to have a place."""

import resource
from collections.abc import Generator
from typing import Final

import pytest

from adapters.http.serving import FILES_MAX, make_room

FEW: Final = 300


@pytest.fixture
def few_files() -> Generator[int]:
    """As whoever asks for no more is given; told is how many there may be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (FEW, hard))
    yield FILES_MAX if hard == resource.RLIM_INFINITY else min(FILES_MAX, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_where_few_files_may_be_open_room_is_made_for_all_who_may_come(few_files: int) -> None:
    make_room()
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == few_files


def test_where_there_is_more_room_than_that_none_is_taken_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    monkeypatch.setattr("adapters.http.serving.FILES_MAX", 10)
    make_room()
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == before
