// The keys and the palette.
export const keys = {
  keys_title: "Keys",
  keys_off: "Single keys are off. Turn them on in your settings.",
  keys_hint: "Single keys do nothing while you type in a field. Esc leaves a field.",
  palette: "Do anything",
  palette_hint: "Type what you want to do, a name, an order or a reference",
  palette_none: "Nothing fits.",
  groups: { move: "Move", answer: "Answer", chat: "This chat", case: "This case", go: "Go to", page: "Page" },
  deeds: {
    next: "Next in the list", previous: "Previous in the list", open: "Open it", take: "Take the chat and write (accept an offer)", decline: "Decline an offer", reply: "Write a reply",
    note: "Write a private note", canned: "Ready answers", send: "Send", send_resolve: "Send and resolve", undo: "Take back what goes out", resolve: "Resolve and open the next",
    snooze: "Snooze", assign: "Assign", hand_back: "Hand back to the assistant", remedy: "Grant a remedy", approve: "Approve", refuse: "Refuse", priority: "Priority", tag: "Tags",
    label: "Assistant got this wrong", label_what: "Say what a message meant", promise: "Promise something", merge: "Merge into another case", split: "Split off a second matter", whisper: "Whisper to whoever answers",
    fact: "Add or change a fact", erase: "Erase this customer", go_queue: "Queue", go_approvals: "Approvals", learn: "Say what is learned", go_learning: "Learning", go_live: "Board", go_review: "Review", review_pick: "In the review: label as", review_drop: "In the review: not for training", review_find: "In the review: find an intent", go_case: "To the case", go_waiting: "Waiting", go_mine: "Mine", go_all: "All", alerts: "To notice", sheet: "These keys",
    palette: "Do anything", settings: "Your settings", leave_field: "Leave the field", panes: "Next part of the page",
  },
};
