"""What is explained is what is decided, and of whom she has shut out it says nothing."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import pytest
from msgspec.structs import replace

from domain.case import SubjectIdentified
from domain.codes import Label, ReferralKind
from domain.exclusions import ExclusionSet
from domain.model import Context, Event, GrantId
from domain.policy import BESIDE, CONDITIONS, CROSSES, RULES, ConditionId, RuleId
from domain.referral import ReferralDrafted
from domain.sharing import Told, replay
from domain.visibility import Basis, Denied, Look, decide, fields_of, found, looking
from domain.visibility.asking import Asked
from domain.visibility.explaining import Explained, explain, explained, names_of
from tests.peers import HER_NAME
from tests.spec import CENTRE, CITY, NOW, POLICE, an_id
from tests.test_oracle import looks
from tests.told import (
    LATER,
    SISTER,
    by,
    consulted,
    corrected,
    drafted,
    granted,
    identified,
    joined,
    left,
    lines,
    look,
    note,
    opened,
    told,
    withdrawn,
)
from tests.world import Entry

SEEDS: Final = range(8)
AT_LEAST: Final = 10_000
OFTEN: Final = {"OWN", "PARTY", "CONSENT", "AGREED", "IN_FORCE", "CATEGORY", "HISTORY", "REASON"}
UNNAMED: Final = {"EXCLUDED_AGENCY", "EXCLUDED_PERSON"}
LABELS: Final[Mapping[str, Label]] = {rule.id: rule.says for rule in RULES}
LACKS: Final[Mapping[str, Label]] = {condition.id: condition.refuses for condition in CONDITIONS}


class Explaining(NamedTuple):
    """An event, who looks at it, and what they are told of each of its fields."""

    entry: Entry
    look: Look
    explained: tuple[Explained, ...]


def tellings(seed: int) -> Iterator[Explaining]:
    for now, _, positions, reader, at in looks(seed):
        entries = [now.entries[each] for each in positions]
        sharing = replay(entry.told for entry in entries)
        its_look = looking(sharing, reader.recipient(now), now.roster, at)
        for entry in entries:
            yield Explaining(entry, its_look, explain(its_look, entry.told, entry.parts))


def amiss(each: Explaining) -> Iterator[str]:
    entry, its_look, explained = each
    bases = decide(its_look, entry.told, entry.parts).bases
    allowed = {field.field: field.basis for field in explained if field.basis}
    if allowed != bases:
        yield f"it explains {allowed} and decides {bases}"
    asked = fields_of(its_look.woman, entry.told, entry.parts)
    if [field.name for field in asked] != [field.field for field in explained]:
        yield "it explains other fields than there are"
    for field, said in zip(asked, explained, strict=True):
        if not (said.says.ja and said.says.en):
            yield f"{field.name}: nothing is said"
        if said.by in UNNAMED:
            yield f"{field.name}: {said.by} is named"
        if said.basis:
            if (said.by, said.says) != (said.basis.rule, LABELS[said.basis.rule]):
                yield f"{field.name}: {said.by} for {said.basis}"
        elif (amiss := _of_refused(found(its_look, entry.told, field), field, said)) is not None:
            yield f"{field.name}: {amiss}"


def _of_refused(first: Basis | Denied, field: Asked, said: Explained) -> str | None:
    """The first rule that refuses; and where that is none, or is not said, what consent lacks."""
    by: str = "what consent lacks"
    if isinstance(first, Denied) and first.rule not in UNNAMED | {"NO_BASIS"}:
        by, says = first.rule, LABELS[first.rule]
    elif field.category in BESIDE:
        by, says = "NO_BASIS", CROSSES[field.category]
    elif said.by in LACKS:
        by, says = said.by, LACKS[said.by]
    else:
        return f"{said.by} for {by}"
    return None if (said.by, said.says) == (by, says) else f"{said.by} for {by}"


def test_what_is_explained_is_what_is_decided() -> None:
    """Over random histories, in which much of it comes about."""
    said: Counter[str] = Counter()
    wrong: list[str] = []
    for seed in SEEDS:
        for each in tellings(seed):
            said.update(field.by for field in each.explained)
            wrong += [f"{seed}: {type(each.entry.said).__name__} {why}" for why in amiss(each)]
    assert wrong == []
    assert said.total() >= AT_LEAST
    assert said.keys() >= OFTEN


# What consent lacks


def why(history: list[Told], who: Context = CENTRE, at: datetime = LATER) -> RuleId | ConditionId:
    """Why somebody may not see her name."""
    (position,) = (each.position for each in history if isinstance(each.event, SubjectIdentified))
    its_look = look(history, who, at)
    record = history[position - 1]
    (name,) = (
        each for each in explain(its_look, record, lines(record.event)) if each.field == "name"
    )
    return name.by


def hers(*events: Event) -> list[Told]:
    return told(by(CITY, opened, joined, identified, *events))


shut_out: Final = ExclusionSet(agency_id=CENTRE.agency, via_agency=CITY.agency)
somebody: Final = ExclusionSet(staff_id=CENTRE.staff, via_agency=CITY.agency)
no_names: Final = replace(granted, categories=frozenset({"CNT"}))
from_now_on: Final = replace(granted, grant_id=GrantId(an_id(95)), history="NONE")


@pytest.mark.parametrize(
    ("history", "reason"),
    [
        (hers(), "AGREED"),
        (hers(granted), "CONSENT"),
        (hers(granted, withdrawn), "AGREED"),
        (hers(replace(granted, recipients=frozenset({POLICE.agency}))), "AGREED"),
        (hers(replace(granted, granted_at=LATER + timedelta(days=1))), "IN_FORCE"),
        (hers(replace(granted, until_event=None, valid_until=NOW.date())), "IN_FORCE"),
        (hers(no_names), "CATEGORY"),
        (hers(replace(granted, excluded_fields=frozenset({HER_NAME}))), "FIELD"),
        (hers(replace(granted, grantor="COMPANION", grantor_id=SISTER)), "PERSON"),
        (hers(from_now_on), "HISTORY"),
        (hers(granted, left), "REASON"),
        (hers(no_names, from_now_on), "HISTORY"),  # The grant that comes nearest to it says why.
        (hers(from_now_on, left), "REASON"),  # Whether it reached back is said last.
        (hers(granted, shut_out), "AGREED"),
        (hers(granted, somebody), "AGREED"),
    ],
)
def test_of_a_name_that_is_not_seen_it_is_said_what_consent_lacks(
    history: list[Told], reason: RuleId | ConditionId
) -> None:
    assert why(history) == reason


@pytest.mark.parametrize("others", [(), (corrected,)])
def test_what_else_was_recorded_before_the_consent_changes_no_reason(
    others: tuple[Event, ...],
) -> None:
    """Else it would tell of a correction that may not be seen."""
    as_it_stands = replace(granted, history="SNAPSHOT")
    assert why(hers(*others, as_it_stands, left)) == "REASON"


@pytest.mark.parametrize("kind", ["SERVICE_LINK", "OUT_OF_PREFECTURE"])
def test_what_a_field_is_by_one_that_may_not_be_seen_changes_no_reason(kind: ReferralKind) -> None:
    """To another prefecture it would tell where she is, and of that nobody spoke."""
    of_that_alone = frozenset({"referral.drafted.v1/requested_service"})
    agreed = replace(granted, only_fields=of_that_alone)
    history = hers(agreed, replace(drafted, kind=kind, to_agency=POLICE.agency))
    record, its_look = history[-1], look(history, CENTRE)
    visible = decide(its_look, record, lines(record.event))
    said = {
        each.field: each.by
        for each in explained(
            its_look,
            record,
            lines(record.event),
            seen=visible.bases,
            known=visible.bases,
            closed=names_of(ReferralDrafted),
        )
    }
    assert (visible.what, "kind" in visible.bases) == (True, False)
    assert (said["kind"], said["to_agency"]) == ("FIELD", "FIELD")


@pytest.mark.parametrize("exclusion", [shut_out, somebody])
def test_whom_she_has_shut_out_is_told_just_what_is_told_where_she_never_agreed(
    exclusion: ExclusionSet,
) -> None:
    """Of everything that others recorded: word for word."""

    def explained(*events: Event) -> list[tuple[Explained, ...]]:
        history = hers(*events, consulted, note)
        its_look = look(history, CENTRE)
        return [
            explain(its_look, each, lines(each.event)) for each in history if each.event in SAID
        ]

    assert explained(granted, exclusion) == explained()
    assert explained(granted) != explained()


SAID: Final = (opened, identified, consulted, note)
