// What somebody must notice: the bell and its list.
import { many } from "./counted.js";

export const alerts = {
  alerts: "To notice",
  alerts_of: (n) => (n ? `To notice: ${n}` : "Nothing to notice"),
  alerts_new: "There is something new to notice.",
  alerts_hint: "What is for you and your teams. Seen by one of you, it leaves everybody's list.",
  no_alerts: "Nothing to notice.",
  seen: "Seen",
  seen_of: (kind, ref) => `Seen: ${kind} ${ref}`,
  for_you: "for you",
  for_whom: (name) => `for ${name}`,
  complaints: (n) => `${many(n, "complaint", "complaints")} within an hour`,
  alert_kinds: {
    promise_due: "A promise falls due soon", promise_missed: "A promise was missed", clock_due: "An answer is due soon", clock_breached: "An answer is late", needs_approval: "A remedy needs approval",
    remedy_failed: "A remedy failed", remedy_unknown: "Unclear whether a remedy went through", by_hand: "A remedy must be done by hand", done_though_cancelled: "Done, though it was cancelled",
    voucher_voided: "A voucher was taken back", damages_claim: "Damages are asked for", callback_booked: "A call was booked", callback_missed: "A call was missed", follow_up_call: "Call the customer: was it put right?",
    reopened: "The customer says it is not put right", letter_draft: "A letter waits to be signed", letter_to_show: "A letter is signed, and has no address to go to", letter_failed: "A letter did not arrive",
    incident_suggested: "Many complain of the same: an incident?", notice_failed: "A notice of an incident did not arrive", public_reply_waits: "A public answer waits to be read", message_failed: "A message did not reach the customer", message_waits: "A message does not get through yet", arrival_failed: "A customer's message could not be read in",
    hook_dead: "Another system does not take what it is told",
  },
};
