"""Case view: what a case has become, folded from those of its events that one may see.

It accepts every subset of the events: what was not seen is left empty.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import reduce
from typing import Final, Literal, TypeAlias

import msgspec

from domain.case import (
    CaseAccepted,
    CaseNumber,
    CaseOpened,
    ConsultationRecorded,
    SubjectDetailsCorrected,
    SubjectIdentified,
)
from domain.codes import ProblemCode
from domain.consent_ledger import (
    ConsentExplained,
    ConsentGranted,
    ConsentRefused,
    ConsentWithdrawn,
    GrantId,
)
from domain.model import AgencyId, Event, Guarded, Sealed
from domain.text import Line

Consent: TypeAlias = Literal["EXPLAINED", "GRANTED", "REFUSED", "WITHDRAWN"]


class CaseView(Guarded, frozen=True, kw_only=True):
    opened_by: AgencyId | None = None
    main_responsible: AgencyId | None = None
    number: CaseNumber | None = None
    accepted_on: date | None = None
    name: Sealed[Line] | None = None
    kana: Sealed[Line] | None = None
    birth_date: Sealed[date] | None = None
    problems: tuple[Sealed[ProblemCode], ...] = ()
    consents: Mapping[GrantId, Consent] = {}


def project(visible: Iterable[Event]) -> CaseView:
    return reduce(evolve, visible, CaseView())


def evolve(view: CaseView, event: Event) -> CaseView:
    change = msgspec.structs.replace
    match event:
        case CaseOpened():
            return change(view, opened_by=event.opened_by_agency)
        case ConsultationRecorded():
            return change(view, problems=(*view.problems, event.main_problem))
        case SubjectIdentified() | SubjectDetailsCorrected():
            return change(  # A correction leaves what it does not name.
                view,
                name=view.name if event.name is None else event.name,
                kana=view.kana if event.kana is None else event.kana,
                birth_date=view.birth_date if event.birth_date is None else event.birth_date,
            )
        case CaseAccepted():
            return change(
                view,
                main_responsible=event.main_responsible,
                number=event.case_number,
                accepted_on=event.accepted_on,
            )
        case ConsentExplained() | ConsentGranted() | ConsentRefused() | ConsentWithdrawn():
            return change(view, consents={**view.consents, event.grant_id: _BECOMES[type(event)]})
        case _:
            return view


_BECOMES: Final[Mapping[type[Event], Consent]] = {
    ConsentExplained: "EXPLAINED",
    ConsentGranted: "GRANTED",
    ConsentRefused: "REFUSED",
    ConsentWithdrawn: "WITHDRAWN",
}
