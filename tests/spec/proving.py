"""Which tests show what the specification says of a command (§4.9): ``module:test``."""

from collections.abc import Mapping
from typing import Final

PROVED: Final[Mapping[str, tuple[str, ...]]] = {
    "open_case": (
        "test_case:test_a_case_opens_without_a_name_and_gives_her_an_id",
        "test_agency_people:test_whoever_has_not_signed_may_not_act",
    ),
    "accept_case": (
        "test_case:test_who_accepts_answers_for_her",
        "test_case:test_a_case_is_accepted_once",
        (
            "test_case:test_a_case_is_accepted_into_a_network_that_there_is_and_of_whose_members_one"
            "_accepts"
        ),
    ),
    "record_consultation": (
        "test_case:test_a_consultation_is_recorded_before_and_after_acceptance",
        "test_case:test_the_main_problem_is_not_counted_among_the_others_too",
        (
            "test_case_in_every_state:test_in_every_status_it_goes_on_as_the_table_says_and_in_no"
            "_other_way"
        ),
    ),
    "grant_consent": (
        "test_consent_ledger:test_nothing_is_granted_that_was_not_explained",
        "test_consent_ledger:test_the_most_guarded_categories_are_granted_only_if_they_were_named",
        (
            "test_consent_ledger:test_nobody_agrees_for_an_adult_but_herself_nor_for_who_is_not_with"
            "_her"
        ),
    ),
    "withdraw_consent": (
        "test_consent_ending:test_she_takes_it_back_through_any_agency_that_takes_part",
        "test_consent_ending:test_she_takes_it_back_through_whoever_handles_her_grievance",
        "test_consent_ending:test_she_takes_it_back_whatever_has_become_of_the_case",
    ),
    "narrow_consent": (
        "test_consent_ending:test_she_takes_out_a_part_of_it_and_the_rest_goes_on",
        "test_consent_ending:test_she_takes_out_an_agency",
    ),
    "send_referral": (
        "test_referral_package:test_what_the_sender_no_longer_sees_it_does_not_send",
        "test_referral_package:test_nothing_is_sent_that_she_has_not_agreed_to_for_that_agency",
        (
            "test_referral_package:test_whom_she_does_not_want_to_know_gets_nothing_and_nobody_is_told"
            "_why"
        ),
        "test_referral_package:test_the_kind_is_looked_at_again_when_it_is_sent",
    ),
    "accept_referral": (
        "test_referral_package:test_what_she_has_taken_back_meanwhile_is_not_accepted_either",
        (
            "test_referral_package:test_facility_and_commission_are_accepted_with_her_consent_to_just"
            "_that"
        ),
        "test_referral_package:test_without_a_contract_in_force_nobody_accepts_a_commission",
    ),
    "confirm_handover": (
        "test_referral_handover:test_with_the_handover_responsibility_moves_in_the_same_append",
        "test_referral_handover:test_responsibility_does_not_move_before_it_is_accepted",
    ),
    "decide_stay": (
        "test_stays_decided:test_each_kind_of_stay_is_decided_by_whom_it_is_to_decide",
        "test_stays_decided:test_each_kind_of_stay_needs_her_consent_of_its_kind",
        "test_stays_decided:test_she_is_in_one_stay_at_a_time",
        "test_stays_decided:test_protection_is_commissioned_only_under_a_contract_in_force_on_that_day",
        "test_stays_decided:test_she_is_heard_before_a_stay_is_decided",
        "test_stays_decided:test_an_emergency_does_not_wait_and_says_by_when_she_is_heard",
    ),
    "start_stay": (
        "test_stays:test_nobody_else_begins_a_stay",
        "test_stays:test_a_stay_does_not_begin_once_she_has_taken_her_consent_back",
        "test_stays:test_nobody_is_admitted_who_is_not_with_her",
    ),
    "end_stay": (
        "test_stays:test_with_the_end_of_a_stay_her_aftercare_begins",
        "test_stays:test_nobody_is_let_go_without_aftercare_unless_she_declines_it",
    ),
    "close_case": (
        "test_closing:test_a_case_is_closed_once_nothing_is_left_and_with_what_she_says_to_it",
        "test_closing:test_it_is_not_closed_while_she_is_in_a_stay_or_one_is_decided",
        "test_closing:test_it_is_not_closed_while_a_referral_waits_for_an_answer",
        "test_closing:test_it_is_not_closed_while_somebody_stays_in_touch_with_her",
        "test_closing:test_it_is_not_closed_without_her_view",
    ),
    "table_case": (
        "test_meeting_telling:test_no_more_of_it_is_tabled_than_she_agreed_to_for_each_of_them",
        "test_meeting_telling:test_in_most_meetings_nobodys_case_is_tabled",
    ),
    "provide_information": (
        "test_meeting_telling:test_to_nobody_for_whom_she_has_not_agreed_whatever_the_hurry",
        "test_meeting_telling:test_in_most_meetings_nothing_is_told_of_anybody",
    ),
    "convene_meeting": (
        "test_meeting:test_it_is_convened_where_she_has_agreed_to_all_who_come",
        "test_meeting:test_the_convenor_is_told_who_is_not_covered_for_what",
    ),
    "designate_main_support": (
        (
            "test_meeting_settling:test_it_designates_nobody_before_a_disagreement_is_recorded_or_once"
            "_it_is_settled"
        ),
        "test_meeting_settling:test_it_designates_nobody_who_did_not_take_part",
        "test_meeting_settling:test_whoever_took_part_earlier_took_part",
        "test_meeting_settling:test_only_the_coordinating_agency_designates",
    ),
    "close_meeting": (
        (
            "test_meeting_closing:test_a_conference_is_closed_with_roles_decisions_a_next_date_and"
            "_shared_minutes"
        ),
        "test_meeting_closing:test_they_pass_no_case_over",
    ),
    "authorise_emergency": (
        "test_emergency:test_nobody_answers_for_what_they_have_asked_for",
        "test_emergency:test_the_two_are_of_different_agencies",
        "test_emergency:test_no_record_of_a_meeting_is_opened_by_an_emergency",
        "test_emergency:test_where_she_is_is_told_only_if_the_danger_is_there",
    ),
    "file_statutory": (
        "test_statutory:test_it_reaches_only_agencies_of_the_kinds_that_the_provision_names",
        "test_statutory:test_every_provision_names_somebody_and_something",
    ),
    "receive_grievance": (
        "test_grievance:test_a_grievance_is_written_down_by_whoever_hears_it",
        "test_grievance:test_nobody_answers_for_a_grievance_about_themselves",
    ),
    "assign_handler": (
        "test_grievance:test_whoever_is_complained_about_never_handles_it",
        "test_grievance:test_nor_does_the_person_who_is_complained_about",
    ),
    "request_erasure": ("test_erasure:test_she_asks_for_it_and_how_we_know_her_is_recorded",),
    "decide_erasure": (
        "test_erasure:test_before_that_it_is_not_erased",
        "test_erasure:test_only_the_prefecture_decides",
    ),
}
