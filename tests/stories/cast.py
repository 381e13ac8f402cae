"""Cast (登場する機関): fictional agencies in 青葉県 and beyond, each with one who speaks for it."""

from typing import NamedTuple

from domain.items import Item
from domain.model import CaseId, Event
from tests.stories.telling import Clock, Someone, Stage, joining, operator


class Cast(NamedTuple):
    stage: Stage
    desk: Someone
    city: Someone
    centre: Someone
    shelter: Someone
    npo: Someone
    hospital: Someone
    police: Someone
    guidance: Someone
    school: Someone
    housing: Someone
    prefecture: Someone
    neighbour: Someone
    facility: Someone
    far_away: Someone  # In another prefecture, 白浜県.

    @property
    def clock(self) -> Clock:
        return self.stage.clock

    async def item(self, case: CaseId, kind: type[Event], field: str) -> Item:
        """A field of the last event of a type in a case, to be put before somebody."""
        source, _ = await self.stage.book.last(case, kind)
        return Item(source=source, field=field)


async def gathered(stage: Stage) -> Cast:
    return Cast(
        stage=stage,
        desk=operator(stage),
        city=await joining(
            stage, "MUNICIPAL_WOMENS_SUPPORT_DIVISION", "緑野市女性支援課", "REPRESENTATIVE"
        ),
        centre=await joining(
            stage, "WOMENS_SUPPORT_CENTRE", "青葉県女性相談支援センター", "CENTRE_DIRECTOR"
        ),
        shelter=await joining(stage, "PRIVATE_SHELTER", "シェルターやまぶき", "FACILITY_HEAD"),
        npo=await joining(
            stage, "PRIVATE_SUPPORT_ORGANISATION", "NPO法人あゆみ", "PRIVATE_ORG_SPECIALIST"
        ),
        hospital=await joining(stage, "MEDICAL_INSTITUTION", "緑野市民病院", "REPRESENTATIVE"),
        police=await joining(stage, "POLICE", "緑野警察署", "PRACTITIONER"),
        guidance=await joining(stage, "CHILD_GUIDANCE_CENTRE", "青葉県児童相談所", "CASEWORKER"),
        school=await joining(stage, "SCHOOL", "緑野市立若葉小学校", "PRACTITIONER"),
        housing=await joining(stage, "PUBLIC_HOUSING", "緑野市営住宅課", "PRACTITIONER"),
        prefecture=await joining(
            stage, "PREFECTURAL_WOMENS_SUPPORT_DIVISION", "青葉県こども家庭課", "REPRESENTATIVE"
        ),
        neighbour=await joining(
            stage, "MUNICIPAL_WOMENS_SUPPORT_DIVISION", "若葉市女性支援課", "REPRESENTATIVE"
        ),
        facility=await joining(
            stage, "WOMENS_SELF_RELIANCE_FACILITY", "青葉県女性自立支援施設", "FACILITY_HEAD"
        ),
        far_away=await joining(
            stage,
            "WOMENS_SUPPORT_CENTRE",
            "白浜県女性相談支援センター",
            "CENTRE_DIRECTOR",
            prefecture="30",
        ),
    )
