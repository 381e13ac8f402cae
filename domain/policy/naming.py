"""Naming (名指し): of which agencies the name tells where she is. Data, and no code."""

from collections.abc import Mapping
from typing import Final

from domain.agency_codes import PROTECTIVE, AgencyKind
from domain.codes import Label, ReferralKind

__all__ = ["FILLED_IN", "NAMED", "PROTECTIVE", "SHOWN_AS_KEEPER", "TO_STAY"]

# Whom an event names, also as whose record it is, where it may be seen.
NAMED: Final = Label(
    "居所を見ることのできない機関には、次の機関の名前を伏せて種別だけを示します。"
    "保護・入所の施設、一時保護の委託契約を結んだことのある機関、ほかの都道府県の機関。"
    "入所や、入所へのつなぎ、それによる役割についての記録では、"
    "種類を問わず受け入れる機関も同じです"
    "（そのつなぎの当事者と、センター自らの一時保護を除く）。",
    "Who may not see where she is, sees the kind alone of a protective provider, of whoever is or "
    "ever was commissioned to protect, and of an agency of another prefecture; and, in what is "
    "said of a stay, of a referral to one and of what came of it, of whoever takes her in, "
    "whatever its kind (but the two sides of that referral, and where the Centre itself protects "
    "her).",
)
# By these she is to be taken in somewhere.
TO_STAY: Final[frozenset[ReferralKind]] = frozenset(
    {"COMMISSION", "FACILITY_ADMISSION", "MOTHER_CHILD_FACILITY"}
)
# That these took her in says no more than that she is in their care.
SHOWN_AS_KEEPER: Final[frozenset[AgencyKind]] = frozenset({"WOMENS_SUPPORT_CENTRE"})
# Who is named here was said by the record, and not by whoever recorded the event; of some of them
# only where another field says by what it came to that.
FILLED_IN: Final[Mapping[str, str | None]] = {
    "case.aftercare_ended.v1/lead_agency": None,
    "case.responsibility_moved.v1/from_agency": None,
    "case.role_assigned.v1/agency_id": "decided_by",
    "case.role_ended.v1/agency_id": None,
    "case.service_status_changed.v1/provider_agency": None,
    "consent.conflict_settled.v1/via_agency": None,
    "consent.emergency_disclosure_authorised.v1/recipients": None,
    "consent.emergency_disclosure_authorised.v1/overrides_exclusions": None,
    "referral.drafted.v1/from_agency": None,
    "referral.handover_confirmed.v1/main_responsible_from": None,
    "trail.purge_requested.v1/recipient": None,
}
