"""Agencies (機関): what they offer, whom they are contracted with, who leaves, and what ends."""

from domain.agency import (
    DeactivateAgency,
    DesignateFunction,
    EndCommissionContract,
    EndEnrolment,
    EndFeedCustodian,
    NameFeedCustodian,
    OfferService,
    RestoreAgency,
    SetConsultationWindow,
    StartCommissionContract,
    SucceedAgency,
    SuspendAgency,
    UpdateAgency,
    WithdrawService,
)
from domain.model import ContractId
from tests.stories.cast import Cast
from tests.stories.telling import enrolled, joining


async def at_work(cast: Cast) -> None:
    city, centre = cast.city, cast.centre
    await city.says(UpdateAgency(agency_id=city.agency, municipality="062019", publish_name=True))
    await cast.desk.says(DesignateFunction(agency_id=centre.agency, function="DV_SUPPORT_CENTRE"))
    service = OfferService(
        agency_id=city.agency, service_code="CHILD_REARING_ALLOWANCE", field="ECONOMIC"
    )
    await city.says(service)
    await city.says(WithdrawService(agency_id=city.agency, service_code=service.service_code))
    await city.says(
        SetConsultationWindow(
            agency_id=city.agency,
            channels=frozenset({"PHONE", "INTERVIEW"}),
            hours=("平日 8:30-17:15",),
            languages=frozenset({"ja", "vi"}),
        )
    )
    await city.says(NameFeedCustodian(agency_id=city.agency, staff_id=city.staff))
    await city.says(EndFeedCustodian(agency_id=city.agency, staff_id=city.staff))


async def contracted(cast: Cast) -> None:
    """Last year's contract ends early, and this year's begins."""
    contract = StartCommissionContract(
        agency_id=cast.shelter.agency,
        valid_from=cast.clock.in_days(0),
        valid_until=cast.clock.in_days(300),
        criteria_check=frozenset(
            {"THREE_YEARS_RECORD", "NOT_OPEN_TO_PUBLIC", "SAFETY", "HYGIENE", "PRIVACY"}
        ),
    )
    wrong = ContractId(await cast.centre.makes(contract))
    await cast.centre.says(EndCommissionContract(agency_id=cast.shelter.agency, contract_id=wrong))
    await cast.centre.says(contract)


async def changing(cast: Cast) -> None:
    """Somebody leaves, an agency is suspended for a while, two become one, and one is no more."""
    leaver = await enrolled(cast.stage, cast.npo.agency, "GATEKEEPER")
    await cast.desk.says(EndEnrolment(agency_id=leaver.agency, staff_id=leaver.staff))
    await cast.desk.says(SuspendAgency(agency_id=cast.npo.agency))
    await cast.desk.says(RestoreAgency(agency_id=cast.npo.agency))
    small = await joining(
        cast.stage, "PRIVATE_SUPPORT_ORGANISATION", "ひまわりの会", "REPRESENTATIVE"
    )
    await cast.desk.says(SucceedAgency(agency_id=small.agency, successor=cast.npo.agency))
    empty = await joining(cast.stage, "STEP_HOUSE", "ステップハウスすみれ", "FACILITY_HEAD")
    await cast.desk.says(DeactivateAgency(agency_id=empty.agency))
