"""Her consent as the examples have it: who she is, what is asked of her, and what she says."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from domain.catalogue import FIELD_PATHS
from domain.categories import CategoryCode
from domain.codes import Condition
from domain.concerned import Concerned
from domain.consent_ledger import (
    ConflictRecorded,
    ConflictSettled,
    ConsentCommand,
    ConsentEvent,
    ConsentExplained,
    ConsentGranted,
    ConsentRefused,
    ConsentWithdrawn,
    ExplainConsent,
    GrantConsent,
    Ledger,
    RecordRefusal,
    WithdrawConsent,
    consent_ledger,
)
from domain.model import Decider, GrantId, PersonId, StaffId
from domain.speech import Refused
from tests.spec import CENTRE, CITY, NOW, POLICE, SHELTER, an_id

MISAKI: Final = PersonId(an_id(600))
HER_SISTER: Final = PersonId(an_id(601))
HER_SON: Final = PersonId(an_id(602))
ASKED: Final = GrantId(CITY.new_id)

case = Concerned(
    subject_id=MISAKI,
    participants=frozenset({CITY.agency, CENTRE.agency}),
    companions={HER_SISTER: "ADULT", HER_SON: "CHILD"},
)
LEDGER: Final = consent_ledger(case, FIELD_PATHS)


def ledger(**changed: object) -> Decider[Ledger, ConsentCommand, ConsentEvent]:
    """The ledger of the same case, of which something else is so."""
    return consent_ledger(msgspec.structs.replace(case, **changed), FIELD_PATHS)


explain = ExplainConsent(
    kind="INFORMATION",
    purpose="PROTECTION",
    recipients=frozenset({CENTRE.agency, SHELTER.agency}),
    categories=frozenset({"IDN", "CNT", "RSK", "LOC"}),
    language="vi",
    interpreter=StaffId(an_id(700)),
    material_version="leaflet-2026.1",
)
grant = GrantConsent(
    grant_id=ASKED,
    kind="INFORMATION",
    grantor="SUBJECT",
    recipients=frozenset({CENTRE.agency}),
    categories=frozenset({"IDN", "CNT", "RSK"}),
    excluded_fields=frozenset({"case.subject_identified.v1/birth_date"}),
    purpose="PROTECTION",
    until_event="CASE_CLOSE",
    history="SNAPSHOT",
    method="WRITTEN",
    evidence_hash="0" * 64,
    conditions=frozenset({"KEEPS_PHONE", "KEEPS_WORK"}),
    conditions_text="昼休みだけ電話に出られます。",
)
refuse = RecordRefusal(
    kind="INFORMATION",
    recipients=frozenset({POLICE.agency}),
    categories=frozenset({"IDN", "LOC"}),
    purpose="PROTECTION",
)
refuse_what_was_asked = msgspec.structs.replace(refuse, grant_id=ASKED)
withdraw = WithdrawConsent(grant_id=ASKED)

explained = ConsentExplained(
    grant_id=ASKED,
    kind="INFORMATION",
    purpose="PROTECTION",
    recipients=frozenset({CENTRE.agency, SHELTER.agency}),
    categories=frozenset({"IDN", "CNT", "RSK", "LOC"}),
    explained_by=CITY.staff,
    language="vi",
    interpreter=StaffId(an_id(700)),
    material_version="leaflet-2026.1",
)
granted = ConsentGranted(
    grant_id=ASKED,
    kind="INFORMATION",
    grantor="SUBJECT",
    grantor_id=MISAKI,
    recipients=frozenset({CENTRE.agency}),
    categories=frozenset({"IDN", "CNT", "RSK"}),
    excluded_fields=frozenset({"case.subject_identified.v1/birth_date"}),
    purpose="PROTECTION",
    granted_at=NOW,
    until_event="CASE_CLOSE",
    history="SNAPSHOT",
    method="WRITTEN",
    obtained_by=CITY.agency,
    evidence_hash="0" * 64,
    late_entry=False,
    conditions=frozenset[Condition]({"KEEPS_PHONE", "KEEPS_WORK"}),
    conditions_text="昼休みだけ電話に出られます。",
)
refused = ConsentRefused(
    grant_id=ASKED,
    kind="INFORMATION",
    recipients=frozenset({POLICE.agency}),
    categories=frozenset({"IDN", "LOC"}),
    purpose="PROTECTION",
    at=NOW,
)
withdrawn = ConsentWithdrawn(grant_id=ASKED, at=NOW, via_agency=CITY.agency, reason=None)
refused_them = msgspec.structs.replace(
    refused,
    grant_id=GrantId(an_id(810)),
    recipients=frozenset({SHELTER.agency, POLICE.agency}),
    categories=frozenset[CategoryCode]({"IDN"}),
)
conflict = ConflictRecorded(child_id=HER_SON, via_agency=CITY.agency)
settled = ConflictSettled(child_id=HER_SON, via_agency=CITY.agency)


def held(
    leads: Mapping[str, Sequence[str]], commands: Iterable[str], states: Collection[str]
) -> Iterator[tuple[str, str, object]]:
    """A table as ``tests.courses`` counts it: a state, a refusal, or ``-`` for nothing."""
    names = [*commands]
    for state, row in leads.items():
        for command, said in zip(names, row, strict=True):
            refused_or_on = said if said in states else Refused
            yield state, command, None if said == "-" else refused_or_on
