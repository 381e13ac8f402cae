"""Settings are read once, bounded, and shown without a secret."""

import os
import traceback
import unicodedata
from io import StringIO
from pathlib import Path

import pytest
import rich.console
from hypothesis import given
from hypothesis import strategies as st

from adapters.settings import (
    FIELDS,
    Secret,
    SettingRefused,
    Settings,
    SettingUnknown,
    read,
    shown,
)

LOGIN = "postgresql://tsunagu_app:na-mi-da@db.example.jp:5432/tsunagu"


def test_with_nothing_set_the_data_lie_where_this_user_keeps_data(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert read({"HOME": "/home/hana"}) == Settings(data=Path("/home/hana/.local/share/tsunagu"))
    elsewhere = {"HOME": "/home/hana", "XDG_DATA_HOME": "/srv/hana"}
    assert read(elsewhere) == Settings(data=Path("/srv/hana/tsunagu"))


def test_as_root_the_data_lie_where_services_keep_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert read({"HOME": "/home/hana"}) == Settings(data=Path("/var/lib/tsunagu"))


def test_without_a_home_the_folder_must_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SettingRefused) as refusal:
        read({"XDG_DATA_HOME": "relative"})
    assert refusal.value.facts["variable"] == "TSUNAGU_DATA"


def test_every_setting_has_its_type() -> None:
    settings = read(
        {
            "TSUNAGU_DATA": "/srv/つなぐ",
            "TSUNAGU_POSTGRES_URL": LOGIN,
            "TSUNAGU_NATS_URL": "tls://nats.example.jp:4222",
            "TSUNAGU_HTTP_HOST": "::1",
            "TSUNAGU_HTTP_PORT": "0",
            "TSUNAGU_TRACES": "http://collector:4318/v1/traces",
            "TSUNAGU_KEK": "kagi",
            "TSUNAGU_LANG": "ja",
            "TSUNAGU_LOG_FORMAT": "json",
            "TSUNAGU_ALLOW": "NATS_SYNC_UNKNOWN,NATS_WITHOUT_TLS",
        }
    )
    assert settings.data == Path("/srv/つなぐ")
    assert settings.postgres_url
    assert settings.postgres_url.reveal() == LOGIN
    assert settings.kek == Secret("kagi")
    assert (settings.http_host, settings.http_port) == ("::1", 0)
    assert str(settings.traces) == "http://collector:4318/v1/traces"
    assert (settings.lang, settings.log_format) == ("ja", "json")
    assert settings.allow == {"NATS_SYNC_UNKNOWN", "NATS_WITHOUT_TLS"}


def test_a_database_may_be_reached_through_its_socket() -> None:
    url = "postgresql://tsunagu:na-mi-da@/tsunagu?host=/run/postgresql"
    settings = read({"TSUNAGU_DATA": "/srv/a", "TSUNAGU_POSTGRES_URL": url})
    assert str(settings.postgres_url) == ("postgresql://<sealed>@/tsunagu?host=/run/postgresql")


def test_an_empty_value_is_no_value() -> None:
    assert read({"TSUNAGU_DATA": "/srv/a", "TSUNAGU_LANG": ""}).lang is None


def test_other_programs_settings_are_not_ours() -> None:
    assert read({"TSUNAGU_DATA": "/srv/a", "LANG": "ja_JP.UTF-8", "TSUNAG": "x"}).lang is None


def test_a_misspelt_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(SettingUnknown) as refusal:
        read({"TSUNAGU_POSTGRESS_URL": LOGIN})
    assert refusal.value.facts == {
        "variable": "TSUNAGU_POSTGRESS_URL",
        "nearest": "TSUNAGU_POSTGRES_URL",
    }


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("TSUNAGU_DATA", "data"),
        ("TSUNAGU_DATA", "~/data"),
        ("TSUNAGU_DATA", "/srv/a\nb"),
        ("TSUNAGU_DATA", unicodedata.normalize("NFD", "/srv/データ")),
        ("TSUNAGU_DATA", "/" + "a" * 5000),
        ("TSUNAGU_LANG", "fr"),
        ("TSUNAGU_LOG_FORMAT", "xml"),
        ("TSUNAGU_ALLOW", "NATS_WITHOUT_TLS, "),
        ("TSUNAGU_ALLOW", "everything"),
        ("TSUNAGU_POSTGRES_URL", "mysql://na-mi-da@db/tsunagu"),
        ("TSUNAGU_POSTGRES_URL", "postgresql:///tsunagu"),
        ("TSUNAGU_POSTGRES_URL", "postgresql://u:na-mi-da@db/%zz"),
        ("TSUNAGU_POSTGRES_URL", "postgresql://u:na-mi-da@db/t?colour=na-mi-da"),
        ("TSUNAGU_POSTGRES_URL", "postgresql://u:na-mi-da/x@db/tsunagu"),
        ("TSUNAGU_POSTGRES_URL", "postgresql://u:na-mi-da@データ/tsunagu"),
        ("TSUNAGU_NATS_URL", "http://na-mi-da@nats"),
        ("TSUNAGU_NATS_MONITOR_URL", "nats://na-mi-da@nats"),
        ("TSUNAGU_NATS_MONITOR_URL", "http://na-mi-da@nats:82x2"),
        ("TSUNAGU_NATS_MONITOR_URL", "http://na-mi-da@nats:99999"),
        ("TSUNAGU_HTTP_PORT", "65536"),
        ("TSUNAGU_HTTP_PORT", "-1"),
        ("TSUNAGU_HTTP_PORT", "８０"),
        ("TSUNAGU_HTTP_HOST", "na-mi-da@here"),
        ("TSUNAGU_TRACES", "grpc://na-mi-da@collector"),
        ("TSUNAGU_KEK", "na-mi-da\0"),
    ],
)
def test_a_bad_value_is_refused_by_name_and_never_quoted(variable: str, value: str) -> None:
    with pytest.raises(SettingRefused) as refusal:
        read({"TSUNAGU_DATA": "/srv/a", variable: value})
    assert refusal.value.facts["variable"] == variable
    assert refusal.value.facts["expected"]
    assert refusal.value.facts["expected_ja"]
    assert "na-mi-da" not in "".join(traceback.format_exception(refusal.value))


def test_one_key_cannot_come_from_two_places() -> None:
    with pytest.raises(SettingRefused) as refusal:
        read({"TSUNAGU_DATA": "/a", "TSUNAGU_KEK": "kagi", "TSUNAGU_KEK_FILE": "/srv/kek"})
    assert refusal.value.facts["variable"] == "TSUNAGU_KEK_FILE"


def test_an_owner_or_a_keyring_elsewhere_needs_a_database_elsewhere() -> None:
    with pytest.raises(SettingRefused) as refusal:
        read({"TSUNAGU_DATA": "/a", "TSUNAGU_KEYRING_URL": LOGIN})
    assert refusal.value.facts["variable"] == "TSUNAGU_POSTGRES_URL"


def test_what_is_set_is_shown_under_its_name_with_its_secrets_sealed() -> None:
    settings = read(
        {
            "TSUNAGU_DATA": "/srv/a",
            "TSUNAGU_POSTGRES_URL": LOGIN + "?sslmode=verify-full&sslpassword=na-mi-da",
            "TSUNAGU_NATS_URL": "nats://na-mi-da@nats.example.jp:4222",
            "TSUNAGU_KEK": "na-mi-da",
            "TSUNAGU_ALLOW": "NATS_WITHOUT_TLS",
        }
    )
    assert shown(settings) == {
        "TSUNAGU_DATA": "/srv/a",
        "TSUNAGU_POSTGRES_URL": "postgresql://<sealed>@db.example.jp:5432/tsunagu"
        "?sslmode=verify-full&sslpassword=<sealed>",
        "TSUNAGU_NATS_URL": "nats://<sealed>@nats.example.jp:4222",
        "TSUNAGU_KEK": "<sealed>",
        "TSUNAGU_ALLOW": "NATS_WITHOUT_TLS",
    }


@given(password=st.text(st.sampled_from("abcdefgXYZ0123456789-_~%25"), min_size=8))
def test_no_way_of_showing_settings_shows_a_password(password: str) -> None:
    environ = {
        "TSUNAGU_DATA": "/srv/a",
        "TSUNAGU_POSTGRES_URL": f"postgresql://u:{password}@db/tsunagu",
        "TSUNAGU_KEK": password,
    }
    try:
        settings = read(environ)
    except SettingRefused as refusal:
        said = "".join(traceback.format_exception(refusal))
    else:
        screen = rich.console.Console(file=StringIO(), width=500)
        screen.print(settings)
        assert isinstance(screen.file, StringIO)
        said = f"{settings!r} {settings} {shown(settings)} {screen.file.getvalue()}"
    assert password not in said


def test_every_setting_says_what_it_expects_in_both_languages() -> None:
    for name in FIELDS:
        with pytest.raises(SettingRefused) as refusal:
            read({"TSUNAGU_DATA": "/srv/a", name: "\0"})
        assert refusal.value.facts["expected"] != refusal.value.facts["expected_ja"]
