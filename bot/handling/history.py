"""The audit of a case in plain words, for people at the desk."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.cases.instants import instant

# {remedy} and the like are of the line's own detail; an act that is not here is shown by its name.
SAID: Mapping[str, str] = {
    "case.opened": "opened the case",
    "case.handed_off": "brought a person: {reason}, {priority}",
    "case.taken": "took the chat",
    "case.replied": "wrote to the customer",
    "case.handed_back": "handed the chat back to the assistant",
    "case.reassigned": "gave the case to {to}",
    "case.assigned": "assigned the case to {to}",
    "case.resolved": "resolved the case",
    "case.judged": "said whether it is put right: {settled}",
    "case.reopened": "opened the case again: it was not put right",
    "follow_up.asked": "asked whether it is put right",
    "follow_up.reminded": "asked once more whether it is put right",
    "follow_up.answered": "said whether it is put right: {outcome}",
    "follow_up.scored": "gave {satisfaction} of 5 for how it was handled",
    "follow_up.effort": "gave {effort} of 7 for how easy it was",
    "follow_up.stopped": "wants no such question",
    "follow_up.unanswered": "had no answer to whether it is put right",
    "follow_up.ended": "ended the questions whether it is put right: the first was answered",
    "follow_up.withdrawn": "did not ask whether it is put right: {why}",
    "case.dropped": "let the matter be",
    "case.moved": "went on by {channel}",
    "channel.stopped": "wants no more messages by {channel}",
    "channel.started": "wants messages by {channel} again",
    "message.edited": "changed a message before it was read",
    "message.taken_back": "took a message back",
    "message.failed": "could not get a message through by {channel}",
    "message.waits": "has a message that does not get through by {channel} yet",
    "public_reply.written": "wrote a public answer",
    "public_reply.approved": "had the public answer posted",
    "public_reply.refused": "left the public answer unsaid",
    "case.merged": "merged this case into {into}",
    "case.merged_from": "merged {case} into this case",
    "learning.opened": "began the learning record",
    "learning.wants_to_know": "wants to know what changes",
    "learning.finished": "finished the learning record",
    "learning.changed": "changed the learning record",
    "learning.told": "told the customer what has changed",
    "learning.not_told": "did not tell the customer what has changed: told before, or wanted by nobody any more",
    "case.split": "split {case} from this case",
    "case.split_from": "split this case from {case}",
    "case.priority": "set the priority to {priority}",
    "case.tagged": "changed the tags",
    "case.not_resolved": "could not resolve the case with the reply: something was open",
    "case.put_back": "put the chat back among those that wait",
    "chat.reassigned": "gave the chat to {to}",
    "chat.snoozed": "put the chat aside until {until}",
    "chat.woken": "took the chat up again",
    "offer.made": "offered the chat to {to}",
    "reply.held": "wrote a reply that could still be taken back",
    "reply.undone": "took a reply back before it went out",
    "reply.dropped": "had a reply dropped: the chat was somebody else's by then",
    "note.written": "wrote a note",
    "message.labelled": "said that a message was taken wrongly",
    "review.labelled": "said what a message was: {intent}",
    "review.dropped": "left a message out of training",
    "alert.seen": "saw an alert",
    "api.asked": "asked through the API",
    "fact.heard": "noted {fact}",
    "order.proven": "proved which order it is",
    "proof.wrong": "gave a proof that does not fit",
    "remedy.proposed": "offered {remedy}",
    "remedy.chosen": "chose {remedy}",
    "remedy.confirmed": "said yes to {remedy}",
    "remedy.declined": "said no to {remedy}",
    "remedy.granted": "granted {remedy}",
    "remedy.approved": "agreed to {remedy}",
    "remedy.refused": "refused {remedy}",
    "remedy.undone": "took {remedy} back before it went out",
    "remedy.compensating": "asked to take {undoes} back, as {remedy}",
    "remedy.redriven": "sent {remedy} on its way again",
    "remedy.sent": "sent {remedy} to be carried out",
    "remedy.settled": "saw {remedy} carried out",
    "remedy.settled_by_hand": "carried {remedy} out by hand",
    "remedy.by_hand": "left {remedy} to people",
    "remedy.failed": "could not carry {remedy} out",
    "remedy.unknown": "does not know whether {remedy} arrived, and asks",
    "remedy.not_reached": "did not reach the shop's system with {remedy}",
    "voucher.issued": "made the voucher {remedy}",
    "voucher.redeemed": "redeemed the voucher {remedy}",
    "voucher.voided": "voided the voucher {remedy}",
    "callback.booked": "booked the call {remedy}",
    "callback.done": "made the call {remedy}",
    "callback.unanswered": "rang for {remedy} and reached nobody",
    "callback.missed": "noted that nobody rang for {remedy}",
    "callback.reassigned": "gave the call to {to}",
    "claim.opened": "began the claim {claim}",
    "claim.item": "added a loss to {claim}",
    "claim.received": "completed the claim {claim}",
    "claim.dropped": "let the claim {claim} be",
    "claim.accepted": "accepted the claim {claim}, as {remedy}",
    "claim.refused": "refused the claim {claim}",
    "letter.drafted": "drafted the formal letter",
    "letter.edited": "changed the formal letter",
    "letter.signed": "signed the formal letter",
    "letter.sent": "sent the formal letter",
    "letter.shown": "showed the formal letter",
    "letter.dropped": "let the formal letter be",
    "letter.failed": "could not send the letter",
    "letter.asked": "asked for a letter",
    "promise.made": "promised something for {due}",
    "promise.kept": "kept a promise",
    "promise.ended": "took a promise back",
    "promise.warned": "warned that a promise is nearly due",
    "promise.told": "told the customer that a promise may be late",
    "promise.missed": "owned up to a broken promise",
    "promise.withdrawn": "let a promise go that nobody waits for",
    "assistant.late_words_dropped": "answered after the chat had changed hands: dropped",
    "late_words_dropped": "answered after the chat had changed hands: dropped",
    "message_cut": "cut a message that was too long",
    "mail_back.queued": "queued a mail that leads back to the chat",
    "mail_back.stopped": "wants no more such mails",
    "mail_back.used": "came back by a mail's link",
}


ASKS, ASKED_FOR = ("remedy.granted", "needs_approval"), "asked for {remedy}, which others must agree to"


def in_words(lines: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """[{at, who, act, text}], oldest first, of lines as `Cases.audit` reads them."""
    return [{"at": instant(one["at"]), "who": one["who"], "act": one["act"], "text": _text(one)} for one in lines]


class _Detail(dict[str, Any]):
    """A line from before a word was kept with its act says the rest all the same."""

    def __missing__(self, name: str) -> str:
        return "…"


def _text(line: Mapping[str, Any]) -> str:
    is_asked = (line["act"], (line["detail"] or {}).get("state")) == ASKS
    said = ASKED_FOR if is_asked else SAID.get(line["act"], str(line["act"]).replace(".", " ").replace("_", " "))
    detail = {name: str(value).replace("_", " ") for name, value in (line["detail"] or {}).items()}
    return said.format_map(_Detail(detail))
