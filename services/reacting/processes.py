"""Processes (自動処理の目録): every process there is."""

from typing import Final

from services.reacting import Process
from services.reacting.consent import CONSENT
from services.reacting.erasure import ERASURE
from services.reacting.meetings import MEETINGS
from services.reacting.withdrawals import WITHDRAWALS

PROCESSES: Final[tuple[Process, ...]] = (CONSENT, ERASURE, MEETINGS, WITHDRAWALS)
