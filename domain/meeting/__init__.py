"""Meeting (会議): agencies consult, about one woman or about the work as a whole."""

from domain.meeting.commands import MeetingCommand
from domain.meeting.events import MeetingEvent

__all__ = ["MeetingCommand", "MeetingEvent"]
