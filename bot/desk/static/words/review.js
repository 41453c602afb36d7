// The review of what the assistant may have taken wrongly.
import { many } from "./counted.js";

export const review = {
  review: "Review",
  review_intro: "Messages the assistant was unsure of, had to ask again about, or that somebody marked. Say what each was; nothing is trained until it is tried and accepted.",
  review_tabs: { open: "To look at", done: "Labelled" },
  review_counts: (counts) => `${many(counts.labelled, "label", "labels")} for training, ${counts.dropped} left out`,
  review_whys: { unsure: "Unsure", asked_again: "Had to ask again", misheard: "Marked at the desk" },
  review_heard: (name, sure) => (sure === null ? `Heard as: ${name}` : `Heard as: ${name}, ${Math.round(100 * sure)} % sure`),
  review_heard_nothing: "Not understood",
  review_by: (name) => `by ${name}`,
  review_dev: "a developer’s own chat",
  review_suggested: (name) => `Suggested: ${name}`,
  review_done: (name, by) => (name ? `${name}, by ${by}` : `Not for training, by ${by}`),
  review_none: { open: "Nothing to look at.", done: "Nothing is labelled yet." },
  review_erased: "Its words are erased.",
  review_search: "Find an intent; 1 to 9 choose, Enter the first",
  review_what: "What was it?",
  review_drop: "Not for training",
  review_labelled: (name) => `Labelled: ${name}.`,
  review_dropped: "Left out of training.",
  review_groups: { complains: "Complains", asks: "Asks", answers: "Answers", greets: "Greets" },
  review_intents: {
    order_status: "Where is my order", ask_human: "Wants a person", ask_if_bot: "Asks if it is a bot", out_of_scope: "Something else", inform: "Gives facts", affirm: "Yes", deny: "No",
    never_mind: "Never mind", greet: "Hello", thanks: "Thanks", goodbye: "Goodbye",
  },
  drift: "What changes",
  drift_none: "Too few complaints in the last week or the four before to tell a change from chance.",
  drift_same: (index) => `What customers write about has not changed beyond chance (index ${index.toFixed(2)}).`,
  drift_shifted: (much, index, moved) => `${much ? "Much" : "Something"} has changed in what customers write about (index ${index.toFixed(2)})${moved ? `: ${moved}` : ""}.`,
  drift_sure: (is, before, now) => `The assistant is ${is ? "less sure than before" : "as sure as before"}: mean confidence ${before.toFixed(2)} before, ${now.toFixed(2)} now.`,
  drift_picture: "Shares of the issues and the mean confidence, week by week",
};
