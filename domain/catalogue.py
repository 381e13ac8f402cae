"""Catalogue (目録): every event there is, and every command that may be asked."""

from typing import Final, TypeAlias, get_args

from domain.case import AcceptCase, CaseCommand, CaseEvent
from domain.case_numbers import CaseNumberTaken
from domain.consent_ledger import ConsentCommand, ConsentEvent
from domain.fields import Catalogue

AnyEvent: TypeAlias = CaseEvent | CaseNumberTaken | ConsentEvent
AnyCommand: TypeAlias = CaseCommand | AcceptCase | ConsentCommand

EVENTS: Final = Catalogue(get_args(AnyEvent))
