"""What has few states and no machine of its own: every command in each of them, as a table."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import pytest

from domain.consent_ledger import ConsentEvent, RecordConflict, SettleConflict
from domain.exclusions import ExclusionLifted, ExclusionSet, LiftExclusion, SetExclusion
from domain.machine import NOT_YET
from domain.model import Command, Context, Decider, Event
from domain.reviews import ReviewStatutory, StatutoryDisclosureReviewed
from domain.speech import Refused
from domain.trail.notices import (
    AboutId,
    DeferNotification,
    NotificationDeferred,
    NotifySubject,
    SubjectNotified,
)
from tests.consenting import HER_SON, LEDGER, conflict, held, settled
from tests.courses import course
from tests.spec import CITY, SHELTER, given
from tests.test_trail import defer, deferred, notified, notify
from tests.trailing import FILED, PREFECTURE, TRAIL, filed
from tests.trailing import beside as beside_the_ledger

AnyDecider = Decider[Any, Any, Any]


class Table(NamedTuple):
    """``states``: what had happened; ``leads``: of each command in each of them what comes."""

    by: Context
    states: Mapping[str, tuple[AnyDecider, tuple[Event, ...]]]
    commands: Mapping[str, Command]
    leads: Mapping[str, tuple[str, ...]]
    happens: Mapping[str, Event]


shut_out = ExclusionSet(agency_id=SHELTER.agency, via_agency=CITY.agency)
let_in = ExclusionLifted(agency_id=SHELTER.agency, method="WRITTEN", via_agency=CITY.agency)
her_shut_out = ExclusionSet(staff_id=SHELTER.staff, via_agency=CITY.agency)
her_let_in = ExclusionLifted(staff_id=SHELTER.staff, method="WRITTEN", via_agency=CITY.agency)
reviewed = StatutoryDisclosureReviewed(
    statutory_id=FILED, reviewer=PREFECTURE.agency, outcome="JUSTIFIED", corrective="NONE"
)


def of_the_ledger(*events: ConsentEvent) -> tuple[AnyDecider, tuple[Event, ...]]:
    return LEDGER, events


def of_the_trail(*events: Event) -> tuple[AnyDecider, tuple[Event, ...]]:
    return TRAIL, events


TABLES: Final[Mapping[str, Table]] = {
    "exclusion (agency)": Table(
        by=CITY,
        states={
            NOT_YET: of_the_ledger(),
            "SHUT_OUT": of_the_ledger(shut_out),
            "LET_IN": of_the_ledger(shut_out, let_in),
        },
        commands={
            "set": SetExclusion(agency_id=SHELTER.agency),
            "lift": LiftExclusion(agency_id=SHELTER.agency, method="WRITTEN"),
        },
        leads={
            NOT_YET: ("SHUT_OUT", "ExclusionNotFound"),
            "SHUT_OUT": ("SHUT_OUT", "LET_IN"),
            "LET_IN": ("SHUT_OUT", "ExclusionNotFound"),
        },
        happens={"SHUT_OUT": shut_out, "LET_IN": let_in},
    ),
    "exclusion (staff)": Table(
        by=CITY,
        states={
            NOT_YET: of_the_ledger(shut_out),
            "SHUT_OUT": of_the_ledger(shut_out, her_shut_out),
            "LET_IN": of_the_ledger(shut_out, her_shut_out, her_let_in),
        },
        commands={
            "set": SetExclusion(staff_id=SHELTER.staff),
            "lift": LiftExclusion(staff_id=SHELTER.staff, method="WRITTEN"),
        },
        leads={
            NOT_YET: ("SHUT_OUT", "ExclusionNotFound"),
            "SHUT_OUT": ("SHUT_OUT", "LET_IN"),
            "LET_IN": ("SHUT_OUT", "ExclusionNotFound"),
        },
        happens={"SHUT_OUT": her_shut_out, "LET_IN": her_let_in},
    ),
    "conflict of a child": Table(
        by=CITY,
        states={
            NOT_YET: of_the_ledger(),
            "TORN": of_the_ledger(conflict),
            "SETTLED": of_the_ledger(conflict, settled),
        },
        commands={
            "record": RecordConflict(child_id=HER_SON),
            "settle": SettleConflict(child_id=HER_SON),
        },
        leads={
            NOT_YET: ("TORN", "ConflictNotFound"),
            "TORN": ("-", "SETTLED"),
            "SETTLED": ("TORN", "ConflictNotFound"),
        },
        happens={"TORN": conflict, "SETTLED": settled},
    ),
    "statutory disclosure": Table(
        by=PREFECTURE,
        states={
            NOT_YET: (beside_the_ledger(), ()),
            "RECORDED": (beside_the_ledger(filed), ()),
            "REVIEWED": (beside_the_ledger(filed), (reviewed,)),
        },
        commands={
            "review": ReviewStatutory(statutory_id=FILED, outcome="JUSTIFIED", corrective="NONE")
        },
        leads={
            NOT_YET: ("NothingToReview",),
            "RECORDED": ("REVIEWED",),
            "REVIEWED": ("AlreadyReviewed",),
        },
        happens={"REVIEWED": reviewed},
    ),
    "notice to her": Table(
        by=CITY,
        states={
            NOT_YET: (beside_the_ledger(), ()),
            "OWED": of_the_trail(),
            "DEFERRED": of_the_trail(deferred),
            "GIVEN": of_the_trail(deferred, notified),
        },
        commands={"notify": notify, "defer": defer},
        leads={
            NOT_YET: ("NothingToNotify", "NothingToNotify"),
            "OWED": ("GIVEN", "DEFERRED"),
            "DEFERRED": ("GIVEN", "-"),
            "GIVEN": ("-", "AlreadyNotified"),
        },
        happens={"GIVEN": notified, "DEFERRED": deferred},
    ),
}
for name, table in TABLES.items():
    course(name, held(table.leads, table.commands, table.states))


@pytest.mark.parametrize(
    ("name", "state", "command"),
    [(n, s, c) for n, table in TABLES.items() for s in table.states for c in table.commands],
)
def test_every_state_takes_every_command_as_the_table_says(
    name: str, state: str, command: str
) -> None:
    table = TABLES[name]
    decider, before = table.states[state]
    expected = table.leads[state][list(table.commands).index(command)]
    asked = given(decider, *before).when(table.commands[command], by=table.by)
    if expected == "-":
        asked.then_nothing()
    elif expected in table.states:
        asked.then(table.happens[expected])
    else:
        refusals = {each.__name__: each for each in Refused.__subclasses__()}
        asked.refused(refusals[expected])


def test_what_is_told_of_a_notice_says_about_what() -> None:
    """Of an emergency and of a statutory disclosure she is told apart."""
    of_the_filing = AboutId(FILED)
    tell = NotifySubject(about="STATUTORY", about_id=of_the_filing)
    told = SubjectNotified(about="STATUTORY", about_id=of_the_filing, at=CITY.at)
    given(TRAIL, notified).when(tell, by=CITY).then(told)
    put_off = DeferNotification(
        about="STATUTORY", about_id=of_the_filing, until=defer.until, reason="CHILD_SAFETY"
    )
    given(TRAIL, notified, deferred).when(put_off, by=CITY).then(
        NotificationDeferred(
            about="STATUTORY", about_id=of_the_filing, until=defer.until, reason="CHILD_SAFETY"
        )
    )
