"""The rules that always hold (不変条件), by their ids, and where each is enforced.

C: the command is refused. P: the view leaves it out. Q: a queue or a warning. A: the audit.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple


class Invariant(NamedTuple):
    enforced: str
    rule: str


INVARIANTS: Final[Mapping[str, Invariant]] = {
    # Consent
    "INV-C1": Invariant("C+A", "Nothing about her reaches a case conference before her consent"),
    "INV-C2": Invariant("C+P+A", "No personal field leaves an agency without a basis"),
    "INV-C3": Invariant("C", "A grant names all that it covers and how it was obtained"),
    "INV-C4": Invariant("C+A", "No consent is back-dated: the recorded time counts"),
    "INV-C5": Invariant("C+P", "A withdrawal works at once, without a reason, through anybody"),
    "INV-C6": Invariant("C+Q+A", "On withdrawal feeds stop, referrals end, a purge is requested"),
    "INV-C7": Invariant("C", "A refusal is recorded, and not asked again without new grounds"),
    "INV-C8": Invariant("C", "LOC, SXH and NAR only where they are named"),
    "INV-C9": Invariant("C", "Each kind of help needs a consent of its own kind"),
    "INV-C10": Invariant("C", "Adult companions consent for themselves, the mother for children"),
    "INV-C11": Invariant("C", "Refusing to share never ends support"),
    "INV-C12": Invariant("C+Q", "No consent to LOC survives a merger; the others pass with notice"),
    "INV-C13": Invariant("C+P", "An exclusion beats every grant, and only she lifts it"),
    # Emergency and statutory disclosure
    "INV-X1": Invariant("C", "Without consent only an emergency or a legal duty discloses"),
    "INV-X2": Invariant("C", "An emergency needs another to authorise it, and stays small"),
    "INV-X3": Invariant("C", "An emergency opens no conference and no ledger"),
    "INV-X4": Invariant("C", "LOC only where the danger is there; HLT only to medical ones"),
    "INV-X5": Invariant("Q+A", "It is reviewed within 7 days, and she is told when it is safe"),
    "INV-X6": Invariant("C+A", "A statutory disclosure says its provision, and is never blocked"),
    # Confidentiality, agencies, network
    "INV-A1": Invariant("C", "Nobody acts or reads without enrolment and a pledge"),
    "INV-A2": Invariant("C", "Who leaves loses access at once, and the pledge stays"),
    "INV-A3": Invariant("C", "A network has one coordinating agency, a member with a coordinator"),
    "INV-A4": Invariant("P", "Membership is no access"),
    "INV-A5": Invariant("C", "Commissioned protection only under a contract with checked criteria"),
    "INV-A6": Invariant("C+P", "The coordinating agency keeps the network's records only"),
    "INV-A7": Invariant("P", "A private member's name need not be published"),
    "INV-A8": Invariant("P", "A suspension stops an agency's feeds at once"),
    # Case, roles, stages
    "INV-K1": Invariant("C", "A case may be opened anonymously, by any agency"),
    "INV-K2": Invariant("C", "Exactly one main responsible agency from acceptance to closure"),
    "INV-K3": Invariant("C", "One or more main support agencies, by agreement"),
    "INV-K4": Invariant("C", "One main problem a consultation"),
    "INV-K5": Invariant("C", "No search for persons; case files are linked with her consent only"),
    "INV-K6": Invariant("C", "What was wrong is corrected by a new event, with a reason"),
    "INV-K7": Invariant("C", "Closing needs no stay, no referral, no aftercare left, and her view"),
    "INV-K8": Invariant("C/Q", "An assessment with her precedes a stay, or follows an emergency"),
    "INV-K9": Invariant("P+Q", "Contact by safe means only"),
    "INV-K10": Invariant("C", "A third party's inquiry is answered neither yes nor no"),
    # Protection and residence
    "INV-S1": Invariant("C", "A stay starts with her consent of its kind; declining is recorded"),
    "INV-S2": Invariant("C", "A Centre decides temporary protection"),
    "INV-S3": Invariant("C", "At most one active stay a woman"),
    "INV-S4": Invariant("P+A", "Where a protective stay is, is LOC everywhere"),
    "INV-S5": Invariant("C", "What statistics need is fixed at admission"),
    "INV-S6": Invariant("C", "An exit says where to, and starts aftercare or says she declines"),
    "INV-S7": Invariant("Q", "Each accompanying child's circumstances are heard"),
    # Referral, out-of-prefecture
    "INV-R1": Invariant("C", "A package is frozen, and covered at sending and at acceptance"),
    "INV-R2": Invariant("C", "Responsibility moves only when the handover is confirmed"),
    "INV-R3": Invariant("C", "Declining needs a reason"),
    "INV-R4": Invariant("C", "The referrer remains linked if she agrees"),
    "INV-R5": Invariant("Q", "What stays unanswered is queued"),
    "INV-R6": Invariant("C", "To another prefecture: first an inquiry without identity"),
    "INV-R7": Invariant("C", "An introduction carries at most a means of contact"),
    "INV-R8": Invariant("C", "Advice can be asked without identity"),
    # Meetings
    "INV-M1": Invariant("C/Q", "No case at a representatives' meeting"),
    "INV-M2": Invariant("C/Q", "Practitioners review all active cases, none deferred twice"),
    "INV-M3": Invariant("C", "Each review confirms who is responsible and how things stand"),
    "INV-M4": Invariant("C+P", "A case conference is about one case, and known to its own only"),
    "INV-M5": Invariant("C", "It closes with roles, a next date, decisions and shared minutes"),
    "INV-M6": Invariant("C", "A missing consent is overridden by nobody"),
    "INV-M7": Invariant("C", "Deadlock: the network designates one agency, after disagreement"),
    "INV-M8": Invariant("P", "Who did not consent to the ledger is shown masked"),
    "INV-M9": Invariant("C", "What is brought to others' meetings needs consent as well"),
    "INV-M10": Invariant("P", "Meetings on individual cases are not public"),
    # Aftercare, grievance, disaster, records
    "INV-F1": Invariant("C/Q", "Aftercare has a lead, a cadence, means; visits need LOC"),
    "INV-F2": Invariant("C", "Aftercare ends by a decision with her view"),
    "INV-G1": Invariant("C", "A grievance is handled by somebody else than whom it is about"),
    "INV-G2": Invariant("Q", "Acknowledged in 3 business days, answered in 30 days"),
    "INV-D1": Invariant("C", "A disaster relaxes no rule of consent"),
    "INV-D2": Invariant("C", "The directory holds no shelter's address"),
    "INV-L1": Invariant("C", "Every accepted case once in each year's ledger, under one number"),
    "INV-L2": Invariant("P", "The form shows ADR if granted, and never LOC"),
    "INV-L3": Invariant("P", "Statistics tell events from persons"),
    "INV-L4": Invariant("Q", "Form 2 before the start, form 3 by 30 April"),
    "INV-E1": Invariant("C", "Events are never edited or deleted; erasure destroys a key"),
    "INV-E2": Invariant("C", "Erasure before its time restricts use instead"),
    "INV-E3": Invariant("C", "The consent ledger outlives the case's content"),
    "INV-E4": Invariant("A", "Every crossing of a boundary is recorded once with its basis"),
    "INV-E5": Invariant("C", "She can obtain her own trail and record"),
}
