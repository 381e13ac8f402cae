"""Every command in every state of a meeting, of every kind: it goes on as the table says."""

from collections.abc import Mapping
from typing import Final, get_args

import pytest
from msgspec.structs import replace

from domain.machine import NOT_YET
from domain.meeting import (
    FORUM,
    MEETING,
    Facts,
    KnownMeeting,
    MeetingCommand,
    MeetingEvent,
    MeetingStatus,
    NoMeeting,
)
from domain.meeting import decide as decided_by
from domain.meeting import evolve
from domain.meeting.commands import InMeetingCommand, PlanMeeting, RequestMeeting
from domain.meeting.course import machine_of
from domain.meeting.state import MeetingNotFound
from domain.meeting_codes import MeetingKind
from domain.speech import Refused
from tests.conferring import (
    ANOTHER_CASE,
    DECISION,
    HER_CASE,
    KINDS,
    MEETING as IT,
)
from tests.conferring import (
    acknowledge,
    allocate,
    allocated,
    cancel,
    cancelled,
    carry,
    close,
    closed,
    confirm,
    confirmed,
    convene,
    convened,
    decide,
    decided,
    defer,
    designate,
    disagree,
    disinvite,
    draft,
    drafted,
    file,
    held,
    hold,
    invite,
    invited,
    item,
    knowing,
    meeting,
    next_set,
    of_her,
    plan,
    planned,
    policy,
    policy_held,
    progress,
    provide,
    report,
    request,
    requested,
    review,
    set_agenda,
    set_next,
    settle,
    share,
    shared,
    table,
    tabled,
    unsettled,
    OPEN as OPEN_STILL,
)
from tests.spec import CENTRE, CITY, POLICE, SHELTER, WELFARE, given
