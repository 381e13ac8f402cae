"""What ends with what was decided: consents that were to last until then, in the same append."""

from domain.case.closing import CaseClosed, CaseTransferred
from domain.case.stay_events import StayCancelled, StayEnded
from domain.consent_ledger import ended_with
from domain.meeting.events import MeetingCancelled, MeetingClosed
from domain.model import stream_of
from services.deciding.scope import Decision, Past, Scope


def completed(scope: Scope, decision: Decision, past: Past) -> Decision:
    """The decision, and in the ledger what of her consent it ends; whoever decided it."""
    happened = [
        (write.stream, event)
        for write in decision.writes
        for event in write.events
        if isinstance(event, ENDING)
    ]
    if scope.case is None or not happened:
        return decision
    expired = ended_with(past.ledger(scope.case), happened)
    if not expired:
        return decision
    ledger = stream_of("consent", scope.case)
    assert all(write.stream != ledger for write in decision.writes), "it is written here alone"
    return decision._replace(writes=(*decision.writes, past.write(ledger, expired)))


ENDING = (StayEnded, StayCancelled, CaseClosed, CaseTransferred, MeetingClosed, MeetingCancelled)
