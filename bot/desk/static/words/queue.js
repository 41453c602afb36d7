// The queue.
import { many } from "./counted.js";

export const queue = {
  queue: "Queue",
  tabs: { waiting: "Waiting", mine: "Mine", all: "All" },
  empty: {
    waiting: "Nobody waits for a person.",
    mine: "You have no chats. Take one that waits: press t on it.",
    all: "There are no open chats.",
  },
  unknown_initial: "?",
  somebody: (ref) => (ref ? `Visitor ${ref}` : "A visitor"),
  unread: (n) => `${n} to answer`,
  looking: (names) => (names.length === 1 ? `${names[0]} is looking` : `${names.join(", ")} are looking`),
  offered: "Offered to you",
  offered_for: (span) => `Offered to you for ${span}`,
  accept: "Accept",
  decline: "Decline",
  approvals_wait: (n) => many(n, "approval waits", "approvals wait"),
  says: { customer: "", assistant: "Assistant: ", system: "", agent: "Desk: ", you: "You: ", note: "Note: " },
  at_stake: (money) => `${money} at stake`,
};
