"""Commands about a case: from its opening on."""

from domain.calendar import date_in_japan
from domain.case import CASE, AcceptCase, AssignRole, CaseCommand, NoCase, accepting
from domain.case_numbers import CASE_NUMBERS, numbers_key
from domain.model import AgencyId, CaseId, Context, PersonId, stream_of
from services.deciding.scope import Decision, Past, Scope


def scope_of(command: CaseCommand | AcceptCase, case: CaseId, by: Context) -> Scope:
    stream = stream_of("case", case)
    match command:
        case AcceptCase(network_id=network, main_responsible=answering):
            numbers = stream_of("numbers", numbers_key(network, date_in_japan(by.at)))
            return Scope(case, stream, (numbers,), _given(answering))
        case AssignRole(agency_id=given):
            return Scope(case, stream, (), _given(given))
        case _:
            return Scope(case, stream)


def decide(scope: Scope, command: CaseCommand | AcceptCase, past: Past, by: Context) -> Decision:
    assert scope.case is not None
    case = past.case(scope.case)
    woman = PersonId(by.new_id) if isinstance(case, NoCase) else case.subject_id
    if not isinstance(command, AcceptCase):
        return Decision((past.write(scope.asked, CASE.decide(case, command, by)),), woman)
    (numbers,) = scope.beside
    taken = past.fold(CASE_NUMBERS.initial, CASE_NUMBERS.evolve, numbers)
    (number,) = CASE_NUMBERS.decide(taken, command, by)
    accepted = accepting(number.number).decide(case, command, by)
    return Decision((past.write(scope.asked, accepted), past.write(numbers, (number,))), woman)


def _given(agency_id: AgencyId | None) -> frozenset[AgencyId]:
    return frozenset({agency_id} if agency_id else ())
