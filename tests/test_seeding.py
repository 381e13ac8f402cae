"""Made-up lives: the same seed tells them again, and nothing happens in them that could not."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Final, cast

import msgspec
import pytest

from domain.fields import tag_of
from domain.model import ITSELF
from services.ports import Append
from services.seeding import REGIONS, Land, Seed
from tests.plain import plain
from tests.seeded import OPERATOR, SEALING, Lived, begun, lived
from tests.test_histories import PROPERTIES, Log, parts_in_a_case, pledged_authors

SEED: Final = Seed(cases=120, years=2, number=7)
# 都道府県, and cities that many know; as far as no word of everyday language reads like them.
REAL: Final = (
    "北海道", "青森", "岩手", "宮城", "秋田", "山形", "福島", "茨城",
    "栃木", "群馬", "埼玉", "千葉", "東京", "神奈川", "新潟", "富山",
    "石川", "福井", "山梨", "長野", "岐阜", "静岡", "愛知", "三重",
    "滋賀", "京都", "大阪", "兵庫", "奈良", "和歌山", "鳥取", "島根",
    "岡山", "広島", "山口", "徳島", "香川", "愛媛", "高知", "福岡",
    "佐賀", "長崎", "熊本", "大分", "宮崎", "鹿児島", "沖縄", "札幌",
    "仙台", "横浜", "川崎", "相模原", "名古屋", "神戸", "堺市", "北九州",
    "浜松",
)  # fmt: skip


def said_in(told: Lived) -> list[bytes]:
    """Every event as it was said: its words, and not what they were sealed under."""
    return [msgspec.json.encode((entry.told.id, entry.at, entry.said)) for entry in told.entries]


def test_the_same_seed_tells_the_same_again() -> None:
    again = Seed(cases=SEED.cases, years=SEED.years, number=SEED.number)
    first = said_in(lived(SEED))
    lived.cache_clear()
    assert said_in(lived(again)) == first


def test_another_seed_tells_of_others() -> None:
    small, other = Seed(cases=20, years=1, number=1), Seed(cases=20, years=1, number=2)
    ids = [{entry.told.id for entry in lived(each).entries} for each in (small, other)]
    assert ids[0].isdisjoint(ids[1])


def test_time_runs_forwards_and_stops_where_it_was_to() -> None:
    times = [deeds.at for deeds in lived(SEED).deeds]
    assert times == sorted(times)
    assert (times[-1] - times[0]).days <= 366 * SEED.years


def test_as_many_come_as_were_asked_for() -> None:
    opened = [
        entry for entry in lived(SEED).entries if tag_of(type(entry.said)) == "case.opened.v1"
    ]
    assert len(opened) == SEED.cases


def test_every_stream_grows_by_one_version_after_the_other() -> None:
    versions = Counter[object]()
    for append in lived(SEED).appends:
        for event in append.events:
            versions[event.stream] += 1
            assert event.version == versions[event.stream]


def test_nothing_is_asked_twice() -> None:
    ids = Counter((append.agency, append.command) for append in lived(SEED).appends)
    assert max(ids.values()) == 1


@pytest.mark.parametrize("holds", PROPERTIES)
def test_what_was_promised_of_every_log_holds_of_these(
    holds: Callable[[Log], Iterator[str]],
) -> None:
    log: Log = plain(lived(SEED).entries)
    if holds in {parts_in_a_case, pledged_authors}:  # It acts by itself where nobody is enrolled.
        log = [event for event in log if event["agency"] != str(ITSELF)]
    if holds is pledged_authors:  # Who operates it was enrolled when it was founded.
        log = [event for event in log if event["agency"] != str(OPERATOR)]
    assert list(holds(log)) == []


def test_nearly_all_that_is_asked_might_be_asked() -> None:
    """Of all there is to happen to her, most does to somebody; and most call but a few times."""
    told = lived(SEED).entries
    kinds = Counter(tag_of(type(entry.said)) for entry in told)
    assert len(kinds) >= 70
    for tag in TO_BE_SEEN:
        assert kinds[tag], tag
    by_case = sorted(Counter(entry.case for entry in told if entry.case).values())
    assert by_case[len(by_case) // 4] <= 5
    assert by_case[-1] >= 80


TO_BE_SEEN: Final = (
    "case.accepted.v1",
    "case.carried_over.v1",
    "case.closed.v1",
    "case.stay_started.v1",
    "consent.granted.v1",
    "consent.expired.v1",
    "consent.narrowed.v1",
    "consent.refused.v1",
    "meeting.case_reviewed.v1",
    "meeting.case_review_deferred.v1",
    "meeting.closed.v1",
    "referral.accepted.v1",
    "referral.handover_confirmed.v1",
    "trail.withdrawal_settled.v1",
)


def test_nobody_who_is_made_up_names_a_real_place() -> None:
    words = [
        word for entry in lived(SEED).entries for word in _words(msgspec.to_builtins(entry.said))
    ]
    assert "青葉県" in "".join(words)
    assert [word for word in words if any(place in word for place in REAL)] == []


def _words(said: object) -> Iterator[str]:
    if isinstance(said, str):
        yield said
    elif isinstance(said, dict):
        yield from _words(list(cast("dict[str, object]", said).values()))
    elif isinstance(said, list | tuple):
        for each in cast("Sequence[object]", said):
            yield from _words(each)


def test_no_two_regions_write_in_one_stream() -> None:
    """So each may be told in a process of its own."""
    regions: dict[object, int] = {}
    for nth, region in enumerate(_by_region()):
        for append in region:
            for event in append.events:
                assert regions.setdefault(event.stream, nth) == nth


def _by_region() -> Iterator[list[Append]]:
    land = Land(begun(SEED), SEALING)
    for region in range(len(REGIONS)):
        yield [append for deeds in land.told_in(region) for append in deeds.appends]


def test_each_of_the_cases_falls_to_a_region() -> None:
    seed = Seed(cases=1003, years=1, number=1)
    assert sum(seed.share(region) for region in range(len(REGIONS))) == 1003
