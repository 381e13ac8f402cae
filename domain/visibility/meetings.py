"""Meetings (会議): what is said in one, and that there is one, is for those asked to it alone."""

from typing import Final, get_args

from domain.case import RecordCorrected
from domain.categories import CategoryCode
from domain.fields import tag_of
from domain.meeting.events import MeetingEvent
from domain.model import Event
from domain.sharing import Told
from domain.visibility.facts import Facts


def is_kept_from(facts: Facts, told: Told, category: CategoryCode) -> bool:
    """Whatever was agreed to, or told without her; of who came to the practitioners' is unknown.

    What they found of her in going through all cases stands in her record, as other things do;
    what else was said there is not. A correction says again what was said there, or in a
    grievance, or in her ledger; a correction of a correction says nothing of what it corrects.
    """
    if type(told.event) not in MAY_BE_CLOSED:
        return False
    if isinstance(told.event, RecordCorrected):
        return not told.event.field.startswith(CORRECTED) or told.event.field.startswith(AGAIN)
    if category == "MTG":
        return told.stream.int not in facts.attended
    return told.stream.int in facts.closed


CORRECTED: Final = ("case.", "referral.")
AGAIN: Final = f"{tag_of(RecordCorrected)}/"
OF_MEETINGS: Final[frozenset[type[Event]]] = frozenset(get_args(MeetingEvent))
MAY_BE_CLOSED: Final = OF_MEETINGS | {RecordCorrected}
