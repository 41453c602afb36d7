"""The complaint form: the case says what to ask, the form asks it."""

from typing import Any

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import CaseAction, hear, say
from bot.cases.heard import Heard


class ValidateComplaintForm(CaseAction):
    """Hears the message; the form's next slot is what the case asks, and nothing where it asks nothing."""

    def name(self) -> str:
        return "validate_complaint_form"

    def act(self, heard: Heard, dispatcher: CollectingDispatcher) -> list[dict[str, Any]]:
        # The second slot tells the form that the message was used: it never steps back to let a rule decide.
        return [SlotSet("requested_slot", hear(heard).asks), SlotSet("heard", heard.message_id)]


class SayReply(CaseAction):
    """Says what was decided on the message."""

    def act(self, heard: Heard, dispatcher: CollectingDispatcher) -> list[dict[str, Any]]:
        say(dispatcher, hear(heard).reply)
        return []


class ActionRespond(SayReply):
    """Outside the form, and when the form has nothing left to ask."""

    def name(self) -> str:
        return "action_respond"


class ActionDefaultFallback(SayReply):
    """Where no rule fits, the case decides all the same."""

    def name(self) -> str:
        return "action_default_fallback"


class ActionAskComplaintFormIssue(SayReply):
    def name(self) -> str:
        return "action_ask_complaint_form_issue"


class ActionAskComplaintFormOrderNumber(SayReply):
    def name(self) -> str:
        return "action_ask_complaint_form_order_number"


class ActionAskComplaintFormProof(SayReply):
    def name(self) -> str:
        return "action_ask_complaint_form_proof"


class ActionAskComplaintFormItems(SayReply):
    def name(self) -> str:
        return "action_ask_complaint_form_items"


class ActionAskComplaintFormWhatHappened(SayReply):
    def name(self) -> str:
        return "action_ask_complaint_form_what_happened"


class ActionAskComplaintFormPhone(SayReply):
    def name(self) -> str:
        return "action_ask_complaint_form_phone"


class ActionAskComplaintFormRemedy(SayReply):
    def name(self) -> str:
        return "action_ask_complaint_form_remedy"


class ActionAskComplaintFormConfirmation(SayReply):
    def name(self) -> str:
        return "action_ask_complaint_form_confirmation"


class ActionAskComplaintFormSettled(SayReply):
    def name(self) -> str:
        return "action_ask_complaint_form_settled"


class ActionAskComplaintFormDamagesWhat(SayReply):
    def name(self) -> str:
        return "action_ask_complaint_form_damages_what"


class ActionAskComplaintFormDamagesAmount(SayReply):
    def name(self) -> str:
        return "action_ask_complaint_form_damages_amount"


class ActionAskComplaintFormDamagesReceipt(SayReply):
    def name(self) -> str:
        return "action_ask_complaint_form_damages_receipt"
