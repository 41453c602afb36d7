// What the records say in one word, as people read it: states, kinds, reasons.
export const records = {
  other_language: "other language",
  channels: { website: "Website", email: "E-mail", whatsapp: "WhatsApp", sms: "SMS", messenger: "Messenger", telegram: "Telegram", mastodon: "Mastodon", reviews: "Reviews", api: "API", letter: "Letter" },
  severities: { S1: "Annoyance", S2: "Money or time lost", S3: "Serious", S4: "Harm, law or safety" },
  severity: (code, name) => `${code} ${name}`,
  priorities: { urgent: "Urgent", high: "High", normal: "Normal" },
  statuses: { new: "New", open: "Open", pending: "Waits for the customer", on_hold: "On hold", resolved: "Resolved", closed: "Closed" },
  issues: {
    late_delivery: "Late delivery", lost_or_missing: "Lost or missing", damaged_or_defective: "Damaged or faulty", wrong_item: "Wrong item",
    billing_dispute: "Charge in dispute", refund_not_received: "Refund not received", cancellation_problem: "Cancellation", service_outage: "Does not work",
    staff_conduct: "Staff conduct", quality_not_as_described: "Not as described", other_complaint: "Other complaint", nlu_fallback: "Not understood",
  },
  reasons: {
    injury: "Somebody was hurt", safety: "Safety", self_harm: "May harm themselves", threat: "Threat", fraud: "Fraud", legal: "Legal action", regulator: "Regulator",
    chargeback: "Chargeback", discrimination: "Discrimination", harassment: "Harassment", vulnerable: "Vulnerable person", media: "Press or public post",
    repeated_failure: "Failed before", asked: "Asked for a person", not_settled: "Not settled by what was offered", changed_mind: "Wants it otherwise than filed", proof_failed: "Could not prove who they are",
    no_proof: "No proof given", not_understood: "Assistant did not understand", promise_missed: "We missed a promise", second_failure: "Second failure",
    abuse: "Abusive words", other_language: "Other language", no_remedy_fits: "No remedy fits", no_option_chosen: "Chose none of the offers", unsettled: "Left unsettled",
    erasure: "Asks for deletion of data", above_limit: "Above the assistant's limit", remedy_failed: "A remedy failed", damages: "Asks for damages",
    letter_failed: "A letter failed", not_put_right: "Says it is not put right", not_put_right_again: "Not put right, asked twice", assistant_failed: "Assistant failed",
  },
  clocks: { first_reply: "First reply", next_reply: "Next reply", resolution: "Solution" },
  roles: { agent: "Agent", lead: "Lead", owner: "Owner", auditor: "Auditor" },
  authors: { customer: "Customer", assistant: "Assistant", agent: "Desk", system: "System", note: "Private note", whisper: "Whisper to whoever answers", hand_back: "Note at hand-back" },
  states: { waiting: "On its way", queued: "On its way", sent: "Sent", delivered: "Delivered", read: "Seen", failed: "Not delivered", dropped: "Not sent", held: "Not posted yet" },
  sources: { customer: "said by customer", record: "from the record", choice: "chosen by customer", agent: "entered at the desk", photo: "seen in a photo" },
  fact_names: {
    issue: "What went wrong", order_number: "Order number", items: "Items", quantity: "How many", wish: "Wish", email: "E-mail", phone: "Phone", postcode: "Postcode", what_happened: "What happened",
    person_name: "Name", product: "Product", amount: "Amount", date: "Date, as said",
  },
  order_parts: { status: "Status", placed_at: "Placed", promised_by: "Promised by", delivered_at: "Delivered", carrier: "Carrier", tracking: "Tracking", total: "Total", paid: "Paid", refunded: "Paid back" },
  kinds: {
    replacement: "Replacement", refund: "Refund", partial_refund: "Part refund", voucher: "Voucher", redelivery: "New delivery", repair: "Repair", callback: "Call back",
    apology_letter: "Letter", correction: "Correction",
  },
  remedy_states: {
    proposed: "Offered", confirmed: "Accepted", needs_approval: "Needs approval", approved: "Approved", refused: "Refused", queued: "Filed", sent: "Under way", settled: "Done",
    failed: "Failed", unknown: "Unclear", compensated: "Taken back", cancelled: "Cancelled",
  },
  promise_states: { open: "Open", kept: "Kept", broken: "Missed", withdrawn: "Withdrawn" },
  promise_kinds: {
    person_answers: "A person answers", taken_up: "A person looks into it", answer: "An answer", incident_news: "News of the incident", decision: "A decision", damages_decision: "A decision on damages", news: "News", call: "A call",
  },
  claim_states: { open: "Being told", received: "To decide", accepted: "Accepted", refused: "Refused", dropped: "Dropped" },
  call_states: { booked: "Booked", called: "Made", missed: "Missed", cancelled: "Cancelled" },
  link_kinds: { merged: "merged into it", merged_back: "merged into this one", split: "split off", split_back: "split off from it", linked: "belongs with it", linked_back: "belongs with it" },
  faults: { ours: "Ours", third_party: "A third party's", force_majeure: "Nobody's (force majeure)", customer: "The customer's", unclear: "Not clear yet" },
};
