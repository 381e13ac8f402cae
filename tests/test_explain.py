"""Why an agency sees each field, or does not: to whom how much of that is told."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, Final

import msgspec
import pytest

from contracts.envelope import DETAILS
from contracts.explain import ClosedBy, EventExplained, Explanation, SeenOn
from domain.agency import SuspendAgency
from domain.case import AssignRole, EndRole, NoteRecorded, RecordNote
from domain.case.companions import AddCompanion
from domain.categories import CategoryCode
from domain.consent_ledger import WithdrawConsent
from domain.exclusions import SetExclusion
from domain.model import AgencyId, GrantId
from domain.statutory import FileStatutory
from tests.peers import HER_NAME, Midorino, midorino
from tests.sealed import House
from tests.test_replay import (
    AFTER_THE_HANDOVER,
    BEFORE_THE_RESIDENCE,
    IN_THE_RESIDENCE,
    audited,
    house,
    played,
)
from tests.world import Someone

AN_ID: Final = re.compile(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def explained(here: Midorino, who: Someone, **asked: Any) -> Explanation | None:
    return House(here.world).explain(who, here.case, **asked)


def told(here: Midorino, who: Someone, **asked: Any) -> Explanation:
    found = explained(here, who, **asked)
    assert found is not None
    return found


def seen(which: Explanation) -> dict[str, GrantId | None]:
    """By ``type/field``, on which consent."""
    return {
        f"{event.type}/{name}": on.basis.grant
        for event in which.items
        for on in event.seen
        for name in on.fields
    }


def closed(which: Explanation) -> dict[str, str]:
    return {
        f"{event.type}/{name}": by.by
        for event in which.items
        for by in event.closed
        for name in by.fields
    }


def of_type(which: Explanation, tag: str) -> EventExplained:
    return next(event for event in which.items if event.type == tag)


def takes_part(here: Midorino, who: Someone) -> None:
    here.accepts(who, here.sends(here.city, who))


def is_given_a_part(here: Midorino, who: Someone) -> None:
    """As the city knows."""
    here.says(here.city, AssignRole(function="SERVICE_PROVIDER", agency_id=who.agency))


# About oneself


def test_of_each_field_it_is_said_on_which_consent_it_is_seen_and_when_that_was_recorded() -> None:
    here = midorino()
    here.world.passes(hours=1)
    grant = here.agrees(here.ayumi, categories=("IDN", "SVC"))
    recorded = here.world.at
    here.world.passes(hours=1)
    takes_part(here, here.ayumi)
    event = of_type(told(here, here.ayumi), "case.subject_identified.v1")
    (on,) = (on for on in event.seen if "name" in on.fields)
    assert on.cited is not None
    assert (on.basis.rule, on.basis.grant, on.cited.recorded_at) == ("CONSENT", grant, recorded)
    # That there is such a record in her ledger, it may not know.
    assert on.cited.event is None
    assert (event.position, on.cited.position) == (None, None)


def test_where_it_was_recorded_is_cited_for_whoever_recorded_it() -> None:
    here = midorino()
    grant = here.agrees(here.ayumi, categories=("IDN", "SVC"))
    is_given_a_part(here, here.ayumi)
    which = told(here, here.city, agency=here.ayumi.agency)
    cited = {on.cited for event in which.items for on in event.seen}
    (recorded,) = (
        event.id for event in told(here, here.city).items if event.type == "consent.granted.v1"
    )
    assert {each.event for each in cited if each} == {recorded}
    assert set(seen(which).values()) == {grant}


def test_what_is_closed_is_said_with_what_consent_lacks_and_no_value() -> None:
    here = midorino()
    here.agrees(here.ayumi, categories=("IDN", "SVC"), excluded_fields=frozenset({HER_NAME}))
    takes_part(here, here.ayumi)
    which = told(here, here.ayumi)
    assert closed(which)[HER_NAME] == "FIELD"
    assert "case.contact_method_set.v1" not in {event.type for event in which.items}
    assert "相川" not in str(which)


def test_of_what_may_not_be_told_for_what_it_was_no_closed_field_is_named() -> None:
    """Of a child it sees the name, and not that a companion was added."""
    here = midorino()
    here.agrees(here.ayumi, categories=("SVC", "CHD"))
    takes_part(here, here.ayumi)
    child = AddCompanion(companion="CHILD", relation="CHILD", name="そら", birth_year=2018)
    here.says(here.city, child)
    event = told(here, here.ayumi).items[-1]
    assert (event.type, event.closed) == (DETAILS, ())
    assert [on.fields for on in event.seen] == [("name", "birth_year", "birth_date")]
    by_its_path = "case.companion_added.v1/name"
    assert explained(here, here.ayumi, field=by_its_path) is None
    assert told(here, here.ayumi, field="name").items[-1].id == event.id


def test_of_an_event_that_is_hidden_nothing_is_said() -> None:
    here = midorino()
    here.agrees(here.ayumi, categories=("IDN", "SVC"))
    takes_part(here, here.ayumi)
    before = told(here, here.ayumi)
    note = RecordNote(declared_category="ECO", text="給与の振込先を変えたい。")
    hidden = here.says(here.city, note).id_of(NoteRecorded)
    assert told(here, here.ayumi) == before
    assert explained(here, here.ayumi, event=hidden) is None
    assert explained(here, here.ayumi, event=here.world.fresh()) is None
    assert told(here, here.city, event=hidden)


@pytest.mark.parametrize("name", ["M1", "C1", "S1"])
@pytest.mark.parametrize("at", [AFTER_THE_HANDOVER, BEFORE_THE_RESIDENCE, IN_THE_RESIDENCE])
def test_what_is_explained_as_seen_is_what_a_replay_tells(name: Any, at: Any) -> None:
    who, case = played().cast[name], played().case
    replay, which = house().replay(who, case, at=at), house().explain(who, case, at=at)
    assert replay is not None
    assert which is not None
    assert [
        (event.id, event.type, {n: on.basis for on in event.seen for n in on.fields})
        for event in which.items
    ] == [(line.id, line.type, {**line.bases}) for line in replay.items]


# Narrowed


def test_it_is_asked_of_one_event_or_of_one_field() -> None:
    here = midorino()
    which = told(here, here.city, event=here.her_name)
    assert [event.id for event in which.items] == [here.her_name]
    assert seen(told(here, here.city, field=HER_NAME)) == {HER_NAME: None}
    assert {p.rpartition("/")[2] for p in seen(told(here, here.city, field="name"))} == {"name"}
    assert explained(here, here.city, field="case.subject_identified.v1/value") is None


def test_pages_make_the_whole() -> None:
    who, case = played().cast["C1"], played().case
    whole = house().explain(who, case)
    assert whole is not None
    found: list[EventExplained] = []
    after: str | None = None
    while True:
        page = house().explain(who, case, after=after, most=7)
        assert page is not None
        found += page.items
        after = page.next
        if after is None:
            break
        assert len(page.items) == 7
    assert found == [*whole.items]


# Whom she has shut out

OF_THE_ADULT: Final[tuple[CategoryCode, ...]] = ("IDN",)


def by_law(here: Midorino, division: Someone) -> None:
    """To whom a law obliges to tell her name, whatever she has said of them."""
    file = FileStatutory(
        provision="DISABILITY_ABUSE_PREVENTION_7",
        recipient=division.agency,
        categories=frozenset(OF_THE_ADULT),
        only_fields=frozenset({HER_NAME}),
    )
    here.says(here.city, file)


def agreed_and_shut_out(here: Midorino, division: Someone) -> None:
    here.agrees(division, categories=("IDN", "CNT", "SVC"))
    here.says(here.city, SetExclusion(agency_id=division.agency))


def never_agreed(_: Midorino, __: Someone) -> None: ...


def agreed(here: Midorino, division: Someone) -> None:
    here.agrees(division, categories=("IDN", "CNT", "SVC"))


def story(happens: Callable[[Midorino, Someone], None]) -> tuple[Midorino, Someone]:
    here = midorino()
    division = here.world.joins("DISABILITY_WELFARE_DIVISION", "COORDINATOR", name="障害福祉課")
    happens(here, division)
    here.world.passes(days=1)
    by_law(here, division)
    here.world.passes(days=1)
    return here, division


def without_ids(which: Explanation) -> bytes:
    """Each id by which one it is, in the order in which they come."""
    said: dict[bytes, int] = {}
    return AN_ID.sub(
        lambda found: b"%d" % said.setdefault(found.group(), len(said)),
        msgspec.json.encode(which),
    )


def test_whom_she_has_shut_out_is_told_to_the_letter_what_is_told_where_she_never_agreed() -> None:
    shut_out, never, as_agreed = (
        without_ids(told(*story(happens)))
        for happens in (agreed_and_shut_out, never_agreed, agreed)
    )
    assert shut_out == never
    assert shut_out != as_agreed
    assert b'"AGREED"' in shut_out
    assert b"EXCLU" not in shut_out


def test_nor_is_it_of_earlier_times() -> None:
    """When she had agreed already, and had not shut it out."""
    here = midorino()
    division = here.world.joins("DISABILITY_WELFARE_DIVISION", "COORDINATOR", name="障害福祉課")
    agreed(here, division)
    by_law(here, division)
    here.world.passes(days=1)
    before = here.world.at
    here.world.passes(days=1)
    assert "REASON" in closed(told(here, division, at=before)).values()
    here.says(here.city, SetExclusion(agency_id=division.agency))
    assert {*closed(told(here, division, at=before)).values()} == {"AGREED"}


def test_to_an_auditor_an_exclusion_is_no_reason_either() -> None:
    found: list[set[str]] = []
    for happens in (agreed_and_shut_out, never_agreed):
        here, division = story(happens)
        auditor = here.world.enrols(here.world.operator.agency, "AUDITOR")
        which = told(here, auditor, agency=division.agency)
        found.append(set(closed(which).values()))
        assert "shut out" not in str(which)
        assert "does not want to know" not in str(which)
    assert found[0] == found[1]


# About whom it was given to


def test_whoever_obtained_her_consent_is_told_how_far_it_carries_what_they_see_themselves() -> None:
    here = midorino()
    grant = here.agrees(here.ayumi, categories=("IDN", "SVC"))
    is_given_a_part(here, here.ayumi)
    which = told(here, here.city, agency=here.ayumi.agency)
    assert (which.scope, seen(which)[HER_NAME]) == ("CONSENTS", grant)
    assert closed(which)["case.contact_method_set.v1/value"] == "CATEGORY"
    assert {*closed(which).values()} <= {"CATEGORY", "CASE_NUMBER", "ANOTHERS_CONSENT"}


@pytest.mark.parametrize(
    ("agreed_to", "reason"),
    [
        ({"history": "NONE"}, "HISTORY"),
        ({"only_fields": frozenset({"case.subject_identified.v1/kana"})}, "FIELD"),
        ({"categories": ("CNT", "SVC")}, "CATEGORY"),
        ({"valid_until": date(2026, 5, 20)}, "IN_FORCE"),
    ],
)
def test_and_what_it_lacks(agreed_to: dict[str, Any], reason: str) -> None:
    here = midorino()
    consent: dict[str, Any] = {"categories": ("IDN", "SVC"), **agreed_to}
    here.agrees(here.ayumi, **consent)
    is_given_a_part(here, here.ayumi)
    here.world.passes(days=30)
    assert closed(told(here, here.city, agency=here.ayumi.agency))[HER_NAME] == reason


def test_where_its_part_in_the_case_has_ended_that_is_said() -> None:
    here = midorino()
    here.agrees(here.ayumi, categories=("IDN", "SVC"))
    is_given_a_part(here, here.ayumi)
    here.says(here.city, EndRole(function="SERVICE_PROVIDER", agency_id=here.ayumi.agency))
    assert closed(told(here, here.city, agency=here.ayumi.agency))[HER_NAME] == "REASON"


def test_nothing_is_told_of_what_they_do_not_see_themselves() -> None:
    here = midorino()
    here.agrees(here.ayumi, categories=("IDN", "PLN", "SVC"))
    is_given_a_part(here, here.ayumi)
    before = told(here, here.city, agency=here.ayumi.agency)
    here.says(here.ayumi, RecordNote(declared_category="PLN", text="付き添う。"))
    assert told(here, here.city, agency=here.ayumi.agency) == before


def ends(here: Midorino, grant: GrantId) -> None:
    here.says(here.city, WithdrawConsent(grant_id=grant))


def shuts_out(here: Midorino, _: GrantId) -> None:
    here.says(here.city, SetExclusion(agency_id=here.ayumi.agency))


def suspends(here: Midorino, _: GrantId) -> None:
    here.world.says(here.world.operator, SuspendAgency(agency_id=here.ayumi.agency))


@pytest.mark.parametrize("happens", [ends, shuts_out, suspends])
def test_taken_back_or_shut_out_there_is_nothing_more_to_tell(
    happens: Callable[[Midorino, GrantId], None],
) -> None:
    here = midorino()
    grant = here.agrees(here.ayumi, categories=("IDN", "SVC"))
    is_given_a_part(here, here.ayumi)
    assert explained(here, here.city, agency=here.ayumi.agency) is not None
    happens(here, grant)
    assert explained(here, here.city, agency=here.ayumi.agency) is None


def test_about_all_others_nothing_is_told() -> None:
    """Those who obtained none, of whom one does not know they take part, or who are not there."""
    here = midorino()
    here.agrees(here.ayumi, categories=("IDN", "SVC"))
    here.agrees(here.hospital, categories=("IDN", "SVC"))
    takes_part(here, here.ayumi)
    nobody = AgencyId(here.world.fresh())
    pairs = [
        (here.ayumi, here.city.agency),
        (here.ayumi, nobody),
        (here.city, here.hospital.agency),
        (here.city, here.shelter.agency),
        (here.city, nobody),
        (here.police, here.police.agency),
        (here.police, here.city.agency),
    ]
    assert [explained(here, who, agency=agency) for who, agency in pairs] == [None] * len(pairs)


# Auditors


def test_an_auditor_is_told_of_every_event_and_where_it_stands() -> None:
    there, auditor = audited()
    shelter = played().of("S1")
    which = there.explain(auditor, played().case, agency=shelter, at=AFTER_THE_HANDOVER)
    own = house(AFTER_THE_HANDOVER).explain(played().cast["S1"], played().case)
    assert which is not None
    assert own is not None
    assert which.scope == "WHOLE"
    positions = [event.position for event in which.items if event.position is not None]
    assert positions == sorted({*positions})
    assert len(positions) == len(which.items)
    grounds = {e.id: {n: on.basis for on in e.seen for n in on.fields} for e in which.items}
    assert {each: on for each, on in grounds.items() if on} == {
        e.id: {n: on.basis for on in e.seen for n in on.fields} for e in own.items
    }
    assert len(which.items) > len(own.items)
    cited = {on.cited for event in which.items for on in event.seen if on.basis.grant}
    assert all(each and each.position and each.event for each in cited)


def test_to_nobody_else_is_a_position_told() -> None:
    for name in ("M1", "C1", "S1"):
        which = house().explain(played().cast[name], played().case)
        assert b'"position"' not in msgspec.json.encode(which)


def test_whoever_runs_the_installation_is_told_nothing_for_that() -> None:
    there, _ = audited()
    operator = played().world.operator
    assert there.explain(operator, played().case, agency=played().of("C1")) is None


def test_of_each_field_something_is_said_in_both_languages() -> None:
    there, auditor = audited()
    which = there.explain(auditor, played().case, agency=played().of("C1"))
    assert which is not None
    assert all(words(which))


def words(which: Explanation) -> Iterator[bool]:
    for event in which.items:
        groups: list[SeenOn | ClosedBy] = [*event.seen, *event.closed]
        for each in groups:
            yield bool(each.fields and each.says.en.isascii() and not each.says.ja.isascii())
