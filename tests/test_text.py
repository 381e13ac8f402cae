"""Text is kept as it was meant: one form, nothing hidden in it, and her own kanji."""

import unicodedata
from datetime import UTC, date, datetime, time
from typing import get_args
from uuid import UUID

import msgspec
import pytest
from hypothesis import given as for_any
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.calendar import DayNotAccepted, TimeNotAccepted, in_utc
from domain.case import IdentifySubject, RecordConsultation
from domain.codes import ConsentKind, Grantor, History, Method, Purpose
from domain.consent_ledger import GrantConsent
from domain.meeting.commands import Position, RecordDisagreement
from domain.model import AgencyId, GrantId, MeetingId
from domain.text import Code, FreeText, Line, NothingToSee, TextNotAccepted, cleaned


def granted(at: datetime) -> GrantConsent:
    return GrantConsent(
        grant_id=GrantId(UUID(int=1)),
        kind=get_args(ConsentKind)[0],
        grantor=get_args(Grantor)[0],
        recipients=frozenset({AgencyId(UUID(int=2))}),
        categories=frozenset({"IDN"}),
        purpose=get_args(Purpose)[0],
        granted_at=at,
        history=get_args(History)[0],
        method=get_args(Method)[0],
    )


any_text = st.text(st.characters(exclude_categories=()))


def test_plain_text_is_kept_as_it_is() -> None:
    for text in ("", "Aoba 3-2-1", "相川みさき", "三行\n二行目\n", "👩‍👧 一緒に"):
        assert cleaned(text) == text


def test_a_letter_and_its_mark_become_one() -> None:
    assert cleaned("か\u3099き\u3099") == "がぎ"
    assert cleaned("e\u0301") == "é"


def test_halfwidth_kana_stay_as_they_were_written() -> None:
    assert cleaned("ｱｲｶﾜ ﾐｻｷ ﾊﾟｰﾄ") == "ｱｲｶﾜ ﾐｻｷ ﾊﾟｰﾄ"


def test_lines_end_in_one_way() -> None:
    assert cleaned("一行目\r\n二行目") == "一行目\n二行目"
    assert cleaned("one\r\ntwo") == "one\ntwo"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("\ufa19", "\u795e\ufe00"),  # 神, as an old register has it
        ("\ufa10", "\u585a\ufe00"),  # 塚
        ("\ufa11", "\ufa11"),  # 﨑 is a kanji of its own
        ("\u845b\U000e0100", "\u845b\U000e0100"),  # 葛, in the form of Katsushika
        ("\u9ad9", "\u9ad9"),  # 髙
        ("\U00020bb7", "\U00020bb7"),  # 𠮷
    ],
)
def test_the_kanji_of_her_name_survives(written: str, kept: str) -> None:
    assert cleaned(f"{written}田") == f"{kept}田"


def test_no_two_compatibility_kanji_become_one() -> None:
    written = [
        chr(point)
        for point in (*range(0xF900, 0xFB00), *range(0x2F800, 0x2FA20))
        if unicodedata.decomposition(chr(point)) and "LIGATURE" not in unicodedata.name(chr(point))
    ]
    assert len({cleaned(kanji) for kanji in written}) == len(written)
    assert all(cleaned(kanji)[0] == unicodedata.normalize("NFC", kanji) for kanji in written)


@pytest.mark.parametrize(
    "character",
    [
        *("\x00", "\x07", "\t", "\x0b", "\x1b", "\r", "\x7f", "\x85", "\x9b"),  # control
        *("\u202a", "\u202b", "\u202c", "\u202d", "\u202e"),  # overrides
        *("\u2066", "\u2067", "\u2068", "\u2069"),  # isolates
        *("\u2028", "\u2029"),  # line and paragraph separators
        *("\ud800", "\udfff"),  # halves of a character
        *("\ufffe", "\uffff", "\U0001ffff", "\U0002fffe", "\U000e0fff"),  # no characters at all
    ],
    ids=lambda character: f"U+{ord(character):04X}",
)
def test_what_could_hide_or_turn_words_around_is_refused(character: str) -> None:
    for text in (character, f"090{character}1234", f"相川{character}みさき"):
        with pytest.raises(TextNotAccepted):
            cleaned(text)


@for_any(any_text)
def test_what_is_kept_is_kept_the_same_ever_after(text: str) -> None:
    try:
        kept = cleaned(text)
    except TextNotAccepted:
        return
    assert cleaned(kept) == kept
    assert unicodedata.is_normalized("NFC", kept)
    assert kept.encode().decode() == kept


@for_any(st.text(st.characters(categories=["Lo", "Lm", "Nd", "Zs"])))
def test_no_written_letter_is_refused(text: str) -> None:
    assert len(cleaned(text)) >= len(unicodedata.normalize("NFC", text))


def test_what_a_command_holds_is_cleaned_before_anyone_reads_it() -> None:
    assert IdentifySubject(name="神\u3099か\u3099").name == "神\u3099が"
    with pytest.raises(TextNotAccepted):
        IdentifySubject(name="みさき\u202e")
    with pytest.raises(TextNotAccepted):
        RecordConsultation(
            channel="SNS",
            caller_is_subject=True,
            main_problem="MENTAL_PROBLEM",
            age_band="20S",
            language="ja",
            sexual_harm_flag=False,
            summary="眠れない。\x1b[2J",
        )


def test_words_are_cleaned_wherever_in_a_command_they_stand() -> None:
    agency = AgencyId(UUID(int=2))
    said = RecordDisagreement(
        meeting_id=MeetingId(UUID(int=1)),
        topic="住まい",
        positions=(
            Position(agency_id=agency, text="か\u3099"),
            Position(agency_id=agency, text="否"),
        ),
        since=date(2026, 5, 13),
    )
    assert said.positions[0].text == "が"
    with pytest.raises(TextNotAccepted):
        replace(said, positions=(*said.positions, Position(agency_id=agency, text="賛\u202e")))


@pytest.mark.parametrize(
    "name",
    ["\u200b", "\u3164", "\uffa0", "\u115f\u1160", "\u2800", "\u00ad\u200d", "\u3000\ufe00", " "],
    ids=ascii,
)
def test_a_name_that_nobody_can_see_is_no_name(name: str) -> None:
    with pytest.raises(NothingToSee):
        IdentifySubject(name=name)
    assert IdentifySubject(name=f"{name}相").name.endswith("相")


@for_any(st.text(st.characters(categories=["Z", "C", "M"])))
def test_what_has_nothing_but_spaces_and_marks_cannot_be_seen(text: str) -> None:
    with pytest.raises((NothingToSee, TextNotAccepted)):
        IdentifySubject(name=text)


@pytest.mark.parametrize("name", ["花", "Q", "7", "?", "♡", "\U00020bb7", "\U000323b0", "ｱ"])
def test_one_character_that_can_be_seen_is_enough(name: str) -> None:
    assert IdentifySubject(name=name).name == name


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 5, 13, 13, 20),  # noqa: DTZ001 (the point)
        datetime.fromisoformat("9999-12-31T23:59:59-09:00"),
        datetime.fromisoformat("9999-12-31T23:59:59+00:00"),
        datetime.fromisoformat("0001-01-01T00:00:00+09:00"),
    ],
    ids=str,
)
def test_a_time_without_an_offset_or_past_the_calendar_is_refused(at: datetime) -> None:
    with pytest.raises(TimeNotAccepted):
        in_utc(at)
    with pytest.raises(TimeNotAccepted):
        granted(at)


@pytest.mark.parametrize("day", [date(1867, 12, 31), date(2200, 1, 1), date.max], ids=str)
def test_a_day_from_which_nothing_can_be_counted_is_refused(day: date) -> None:
    """Who means for good says until what event; lists and deadlines count on from a day."""
    with pytest.raises(DayNotAccepted):
        replace(granted(datetime(2026, 5, 13, tzinfo=UTC)), valid_until=day)
    with pytest.raises(DayNotAccepted):
        granted(datetime.combine(min(day, date(9999, 12, 30)), time(12), UTC))


def test_a_time_is_kept_in_utc() -> None:
    kept = granted(datetime.fromisoformat("2026-05-13T13:20:00+09:00")).granted_at
    assert repr(kept) == repr(datetime(2026, 5, 13, 4, 20, tzinfo=UTC))


def test_a_time_from_outside_that_no_calendar_holds_is_refused() -> None:
    command = msgspec.json.encode(granted(datetime(2026, 5, 13, tzinfo=UTC)))
    for at in (b"9999-12-31T23:59:59-09:00", b"0001-01-01T00:00:00+01:00"):
        with pytest.raises(TimeNotAccepted):
            msgspec.json.decode(command.replace(b"2026-05-13T00:00:00Z", at), type=GrantConsent)


def test_a_command_from_outside_is_cleaned_too() -> None:
    command = msgspec.json.decode(
        '{"type":"case.identify_subject","name":"\ufa19か\u3099"}', type=IdentifySubject
    )
    assert command.name == "\u795e\ufe00が"


@pytest.mark.parametrize("text", ["", " ", "\u3000", "一\n二", "あ" * 301])
def test_a_line_names_one_thing_shortly(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(text, Line)


@pytest.mark.parametrize("text", ["", "あ" * 10_001])
def test_free_text_is_said_and_bounded(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(text, FreeText)


@pytest.mark.parametrize("text", ["", "相川", "a b", "a\n", "a" * 65])
def test_a_code_carries_nobodys_words(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(text, Code)
