"""The key encryption key: outside the data, its owner's alone, and never quoted."""

import base64
import errno
import os
from pathlib import Path
from threading import Barrier, Thread
from typing import Final
from uuid import UUID

import pytest
import structlog

from adapters import kek
from adapters.crypto import Kek
from adapters.kek import KekBesideData, KekCannotBeMade, KekExposed, KekMissing, KekUnreadable
from adapters.settings import Secret, Settings
from domain.speech import CannotRun

SECRET: Final = b"thirty two bytes of deep secrecy"
LINE: Final = f"tsunagu-kek-v1 1 {base64.b64encode(SECRET).decode()}\n"
INSTALLATION: Final = UUID(int=5, version=4)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tsunagu.kek"
    path.write_text(LINE, encoding="ascii")
    path.chmod(0o600)
    return path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "data").mkdir()
    return Settings(data=tmp_path / "data")


def test_the_kek_is_read_from_its_file(settings: Settings, file: Path) -> None:
    assert kek.load(settings, file) == Kek(epoch=1, secret=SECRET)


def test_a_named_file_comes_before_the_default(tmp_path: Path, file: Path) -> None:
    settings = Settings(data=tmp_path / "data", kek_file=file)
    assert kek.load(settings, tmp_path / "nowhere.kek").secret == SECRET


def test_the_kek_may_stand_in_the_environment(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", kek=Secret(LINE.strip()))
    assert kek.load(settings, tmp_path / "nowhere.kek").secret == SECRET


def test_each_installation_has_a_kek_of_its_own(tmp_path: Path) -> None:
    environ = {"XDG_CONFIG_HOME": str(tmp_path)}
    assert kek.default_file(environ, INSTALLATION) == tmp_path / "tsunagu" / f"{INSTALLATION}.kek"
    assert kek.default_file({}, INSTALLATION).parent == Path.home() / ".config/tsunagu"


def test_a_made_kek_is_its_owners_alone_and_reads_back(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "config" / "tsunagu" / "mine.kek"
    with structlog.testing.capture_logs() as said:
        kek.make(path)
    made = kek.load(settings, path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert (made.epoch, len(made.secret)) == (1, 32)
    assert [line["event"] for line in said] == ["kek_made"]
    assert base64.b64encode(made.secret).decode() not in repr(said)


def test_a_kek_is_made_once(settings: Settings, tmp_path: Path) -> None:
    """Another in its place would lose every word that was sealed under the first."""
    path = tmp_path / "mine.kek"
    with structlog.testing.capture_logs():
        kek.make(path)
        first = kek.load(settings, path)
        kek.make(path)
    assert kek.load(settings, path) == first


def test_starts_that_come_together_make_one_kek(tmp_path: Path) -> None:
    path = tmp_path / "config" / "mine.kek"
    read: list[str] = []
    together = Barrier(8)

    def start() -> None:
        together.wait()
        kek.make(path)
        read.append(path.read_text(encoding="ascii"))

    starts = [Thread(target=start) for _ in range(8)]
    with structlog.testing.capture_logs() as said:
        for each in starts:
            each.start()
        for each in starts:
            each.join()
    assert len(set(read)) == 1
    assert len(read) == 8
    assert len(said) == 1
    assert list(path.parent.iterdir()) == [path]


def test_a_kek_has_its_name_only_when_it_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disk_full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", disk_full)
    with pytest.raises(KekCannotBeMade):
        kek.make(tmp_path / "mine.kek")
    assert list(tmp_path.iterdir()) == []


def test_a_kek_and_the_folders_made_for_it_are_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []

    def sync(descriptor: int) -> None:
        synced.append(os.fstat(descriptor).st_ino)

    monkeypatch.setattr(os, "fsync", sync)
    path = tmp_path / "config" / "tsunagu" / "mine.kek"
    with structlog.testing.capture_logs():
        kek.make(path)
    wanted = (path, path.parent, path.parent.parent, tmp_path)
    assert {each.stat().st_ino for each in wanted} <= set(synced)


def test_nothing_is_made_in_the_data_folder(settings: Settings) -> None:
    with pytest.raises(KekBesideData):
        kek.make(settings.data / "config" / "mine.kek", data=settings.data)
    assert list(settings.data.iterdir()) == []


def test_where_no_kek_can_be_made_the_setting_that_helps_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("", encoding="ascii")
    with pytest.raises(KekCannotBeMade) as refused:
        kek.make(tmp_path / "home" / "mine.kek")
    assert "TSUNAGU_KEK_FILE" in refused.value.remedy
    assert "TSUNAGU_KEK_FILE" in refused.value.remedy_ja


def test_a_user_without_a_home_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> Path:
        message = "Could not determine home directory."
        raise RuntimeError(message)

    monkeypatch.setattr(Path, "home", nowhere)
    with pytest.raises(KekCannotBeMade):
        kek.default_file({}, INSTALLATION)


def test_a_relative_place_for_settings_is_ignored() -> None:
    assert kek.default_file({"XDG_CONFIG_HOME": "here"}, INSTALLATION) == kek.default_file(
        {}, INSTALLATION
    )


def test_two_made_keks_differ(settings: Settings, tmp_path: Path) -> None:
    with structlog.testing.capture_logs():
        kek.make(tmp_path / "one.kek")
        kek.make(tmp_path / "other.kek")
    assert kek.load(settings, tmp_path / "one.kek") != kek.load(settings, tmp_path / "other.kek")


def test_a_missing_kek_is_named_with_its_place(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(KekMissing) as missing:
        kek.load(settings, tmp_path / "nowhere.kek")
    assert missing.value.facts == {"path": tmp_path / "nowhere.kek"}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620, 0o610, 0o666])
def test_a_kek_that_others_may_touch_is_refused(settings: Settings, file: Path, mode: int) -> None:
    file.chmod(mode)
    with pytest.raises(KekExposed):
        kek.load(settings, file)


def test_a_kek_that_its_owner_cannot_change_will_do(settings: Settings, file: Path) -> None:
    file.chmod(0o400)
    assert kek.load(settings, file).secret == SECRET


def test_a_kek_in_the_data_folder_is_refused(settings: Settings, tmp_path: Path) -> None:
    beside = settings.data / "deep" / "tsunagu.kek"
    beside.parent.mkdir()
    beside.write_text(LINE, encoding="ascii")
    beside.chmod(0o600)
    linked = tmp_path / "outside.kek"
    linked.symlink_to(beside)
    for path in (beside, linked, settings.data / "deep" / ".." / "deep" / "tsunagu.kek"):
        with pytest.raises(KekBesideData):
            kek.load(settings, path)


MALFORMED: Final = {
    "empty": "",
    "of another form": LINE.replace("v1", "v2"),
    "without an epoch": LINE.replace(" 1 ", " "),
    "of epoch nought": LINE.replace(" 1 ", " 0 "),
    "of an epoch past counting": LINE.replace(" 1 ", f" {2**31} "),
    "of an epoch in words": LINE.replace(" 1 ", " one "),
    "too short": f"tsunagu-kek-v1 1 {base64.b64encode(SECRET[:-1]).decode()}",
    "too long": f"tsunagu-kek-v1 1 {base64.b64encode(SECRET + b'!').decode()}",
    "not base64": LINE.replace("=", "*"),
    "twice": LINE * 2,
    "in Japanese": f"鍵 {LINE}",
}


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_kek_is_refused_and_not_quoted(
    settings: Settings, file: Path, text: str
) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(KekUnreadable) as in_file:
        kek.load(settings, file)
    with pytest.raises(KekUnreadable) as in_environment:
        kek.load(Settings(data=settings.data, kek=Secret(text or " ")), file)
    for raised in (in_file, in_environment):
        assert not quotes_the_secret(raised.value)


def test_a_folder_is_no_kek(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir(mode=0o700)
    with pytest.raises(KekUnreadable):
        kek.load(settings, tmp_path / "folder")


def test_what_is_written_reads_back() -> None:
    whole = Kek(epoch=2**31 - 1, secret=os.urandom(32))
    assert kek.parsed(kek.written(whole), where="here") == whole


def quotes_the_secret(error: CannotRun) -> bool:
    """It, or anything that it was raised from and would be printed with it."""
    said = ""
    raised: BaseException | None = error
    while raised:
        said += repr(raised) + str(raised) + repr(getattr(raised, "facts", ""))
        raised = raised.__cause__ or (None if raised.__suppress_context__ else raised.__context__)
    encoded = base64.b64encode(SECRET).decode()
    return any(secret in said for secret in (encoded[:20], SECRET.decode()[:20], SECRET.hex()[:20]))
