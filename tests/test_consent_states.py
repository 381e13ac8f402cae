"""Consent: what every state takes of every command, who may ask, and when nobody may."""

from collections.abc import Mapping
from typing import Final

import pytest

from domain.case import CaseNotFound
from domain.case.course import CaseIsRestricted, CaseWasErased
from domain.consent_ledger import (
    GRANT,
    ConflictRecorded,
    ConflictSettled,
    ConsentCommand,
    ConsentEvent,
    ConsentExpired,
    ConsentExplained,
    ConsentGranted,
    ConsentNarrowed,
    ConsentRefused,
    ConsentSuperseded,
    ConsentWithdrawn,
    ConsentWithdrawnWordless,
    NarrowConsent,
    RecordConflict,
    RecordExpiry,
    RecordRefusal,
    SettleConflict,
    WithdrawConsent,
    consent_ledger,
    state_of,
)
from domain.machine import NOT_YET
from domain.model import (
    GrantId,
)
from domain.speech import Refused
from tests.consenting import (
    ASKED,
    HER_SON,
    LEDGER,
    explain,
    explained,
    grant,
    granted,
    held,
    ledger,
    refuse,
    refuse_what_was_asked,
    refused,
    withdraw,
    withdrawn,
)
from tests.courses import course
from tests.spec import (
    CITY,
    POLICE,
    an_id,
    given,
)
from tests.test_consent_ending import expired, narrowed, take_out

# What a state and a command come to


EVERY_STATE: Final[Mapping[str, tuple[ConsentEvent, ...]]] = {
    NOT_YET: (),
    "EXPLAINED": (explained,),
    "GRANTED": (explained, granted),
    "NARROWED": (explained, granted, narrowed),
    "REFUSED": (explained, refused),
    "WITHDRAWN": (explained, granted, withdrawn),
    "EXPIRED": (explained, granted, expired),
    "SUPERSEDED": (
        explained,
        granted,
        ConsentSuperseded(grant_id=ASKED, by_grant=GrantId(an_id(801))),
    ),
}
EVERY_COMMAND: Final[Mapping[str, ConsentCommand]] = {
    "grant": grant,
    "refuse": refuse_what_was_asked,
    "narrow": take_out(categories={"CNT"}),
    "withdraw": withdraw,
    "expire": RecordExpiry(grant_id=ASKED),
}
LEADS: Final[Mapping[str, tuple[str, str, str, str, str]]] = {
    # In the order of the commands: a state, a refusal, or nothing, which leaves it as it is.
    NOT_YET: (
        "NotExplained",
        "GrantNotFound",
        "GrantNotFound",
        "GrantNotFound",
        "GrantNotFound",
    ),
    "EXPLAINED": ("GRANTED", "REFUSED", "-", "WITHDRAWN", "StillInForce"),
    "GRANTED": (
        "ConsentAlreadyGranted",
        "ConsentAlreadyGranted",
        "NARROWED",
        "WITHDRAWN",
        "StillInForce",
    ),
    "NARROWED": (
        "ConsentAlreadyGranted",
        "ConsentAlreadyGranted",
        "NARROWED",
        "WITHDRAWN",
        "StillInForce",
    ),
    "REFUSED": ("ConsentWasRefused", "-", "-", "-", "-"),
    "WITHDRAWN": ("ConsentWasWithdrawn", "-", "-", "-", "-"),
    "EXPIRED": ("ConsentHasEnded", "-", "-", "-", "-"),
    "SUPERSEDED": ("ConsentHasEnded", "-", "-", "-", "-"),
}
course("consent", held(LEADS, EVERY_COMMAND, GRANT.states))


@pytest.mark.parametrize("state", EVERY_STATE)
@pytest.mark.parametrize("name", EVERY_COMMAND)
def test_every_state_takes_every_command_as_the_table_says(state: str, name: str) -> None:
    expected = LEADS[state][list(EVERY_COMMAND).index(name)]
    before = LEDGER.replay(EVERY_STATE[state])
    assert state_of(before.grants.get(ASKED)) == state
    if not (expected == "-" or expected in GRANT.states):
        with pytest.raises(Refused) as refusal:
            LEDGER.decide(before, EVERY_COMMAND[name], CITY)
        assert type(refusal.value).__name__ == expected
        return
    events = LEDGER.decide(before, EVERY_COMMAND[name], CITY)
    after = LEDGER.evolve(before, events[0]) if events else before
    assert state_of(after.grants.get(ASKED)) == (state if expected == "-" else expected)
    assert bool(events) == (expected != "-")


def test_every_state_of_the_machine_is_reached_by_its_edges() -> None:
    assert set(EVERY_STATE) == {NOT_YET, *GRANT.states}
    for state, events in EVERY_STATE.items():
        before = NOT_YET
        for event in events:
            before = GRANT.after(before, type(event))
        assert before == state


# Who may ask, and when


def test_what_narrows_overtakes_what_was_decided_on_the_case() -> None:
    for narrowing in (
        ConsentNarrowed,
        ConsentWithdrawn,
        ConsentWithdrawnWordless,
        ConsentExpired,
        ConsentSuperseded,
        ConsentRefused,
        ConflictRecorded,
    ):
        assert narrowing.stamps == {"case"}
    for widening in (ConsentExplained, ConsentGranted, ConflictSettled):
        assert "case" not in widening.stamps
    for waits_for_nobody in (
        WithdrawConsent,
        NarrowConsent,
        RecordRefusal,
        RecordExpiry,
        RecordConflict,
    ):
        assert waits_for_nobody.narrows


def test_of_a_record_that_is_not_used_any_more_nobody_is_to_be_told_anything_new() -> None:
    settle = SettleConflict(child_id=HER_SON)
    for command in (explain, grant, settle):
        given(ledger(status="RESTRICTED"), explained).when(command, by=CITY).refused(
            CaseIsRestricted
        )
        given(ledger(status="ERASED"), explained).when(command, by=CITY).refused(CaseWasErased)
    given(ledger(status="ERASED"), explained).when(refuse_what_was_asked, by=CITY).then(refused)
    given(ledger(status="ERASED"), explained, granted).when(
        take_out(categories={"RSK"}), by=CITY
    ).then(narrowed)


@pytest.mark.parametrize(
    "command",
    [
        explain,
        grant,
        refuse,
        withdraw,
        take_out(categories={"RSK"}),
        RecordExpiry(grant_id=ASKED),
        RecordConflict(child_id=HER_SON),
        SettleConflict(child_id=HER_SON),
    ],
    ids=lambda c: type(c).__name__,
)
def test_hidden_is_the_same_as_not_there(command: ConsentCommand) -> None:
    for hidden in (LEDGER, consent_ledger(None)):
        given(hidden, explained).when(command, by=POLICE).refused(CaseNotFound)
