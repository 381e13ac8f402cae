"""The trail as the examples have it: what was done before, who takes part, and who looks on."""

from datetime import date, timedelta
from typing import Final

import msgspec

from domain.agency import KnownAgency
from domain.categories import CategoryCode
from domain.concerned import Concerned
from domain.consent_ledger import ConsentEvent
from domain.model import CLOSED, AgencyId, Decider
from domain.statutory import StatutoryDisclosureRecorded, StatutoryId
from domain.trail import Trail, TrailCommand, TrailEvent, trail_of
from domain.trail.purges import (
    AcknowledgePurge,
    DeclinePurge,
    PurgeAcknowledged,
    PurgeDeclined,
    PurgeId,
    PurgeRequested,
    RequestPurge,
)
from tests.consenting import ASKED, LEDGER, case, explained, granted, withdrawn
from tests.spec import CENTRE, CITY, SHELTER, an_id, someone
from tests.test_emergency import authorised as emergency_authorised
from tests.test_emergency import expired as emergency_expired
from tests.test_emergency import requested as emergency_requested

PREFECTURE: Final = someone(30, "CASEWORKER")
ANOTHER_PREFECTURE: Final = someone(31, "CASEWORKER")
POLICE: Final = msgspec.structs.replace(someone(20, "PRACTITIONER"), agency=AgencyId(an_id(20)))
TOMORROW: Final = timedelta(days=1)
concerned: Final = msgspec.structs.replace(
    case,
    agencies={
        CITY.agency: KnownAgency(kind="MUNICIPAL_WOMENS_SUPPORT_DIVISION", prefecture="06"),
        CENTRE.agency: KnownAgency(kind="WOMENS_SUPPORT_CENTRE", prefecture="06"),
        PREFECTURE.agency: KnownAgency(kind="PREFECTURAL_WOMENS_SUPPORT_DIVISION", prefecture="06"),
        ANOTHER_PREFECTURE.agency: KnownAgency(
            kind="PREFECTURAL_WOMENS_SUPPORT_DIVISION", prefecture="07"
        ),
        POLICE.agency: KnownAgency(kind="POLICE", prefecture="06"),
    },
)
FILED: Final = StatutoryId(an_id(70))
filed = StatutoryDisclosureRecorded(
    statutory_id=FILED,
    provision="CHILD_ABUSE_PREVENTION_6",
    recipient=SHELTER.agency,
    categories=frozenset[CategoryCode]({"CHD", "RSK"}),
    filing_agency=CITY.agency,
    text=CLOSED,
)
HISTORY: Final = (
    explained,
    granted,
    withdrawn,
    emergency_requested,
    emergency_authorised,
    emergency_expired,
    filed,
)


def beside(
    *events: ConsentEvent, who: Concerned = concerned
) -> Decider[Trail, TrailCommand, TrailEvent]:
    """The trail beside a ledger in which this has happened."""
    return trail_of(who, LEDGER.replay(events))


TRAIL: Final = beside(*HISTORY)

PURGE_ID: Final = PurgeId(CITY.new_id)
ask = RequestPurge(
    recipient=CENTRE.agency,
    covers=frozenset({"IDN", "RSK"}),
    cause="WITHDRAWN",
    grant_id=ASKED,
)
purge_requested = PurgeRequested(
    purge_id=PURGE_ID,
    recipient=CENTRE.agency,
    covers=frozenset[CategoryCode]({"IDN", "RSK"}),
    cause="WITHDRAWN",
    grant_id=ASKED,
    due=date(2026, 5, 27),
)
acknowledge = AcknowledgePurge(purge_id=PURGE_ID)
decline = DeclinePurge(purge_id=PURGE_ID, ground="MEDICAL_RECORDS")
acknowledged = PurgeAcknowledged(purge_id=PURGE_ID, recipient=CENTRE.agency)
declined = PurgeDeclined(purge_id=PURGE_ID, recipient=CENTRE.agency, ground="MEDICAL_RECORDS")
