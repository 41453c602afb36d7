// A public answer that waits for a person: read, said in other words, posted, or left unsaid.
import { chatAt, post } from "./api.js";
import { ask } from "./dialogs.js";
import { say } from "./saying.js";
import { state } from "./state.js";
import { refresh } from "./thread.js";
import { W } from "./words.js";

const waiting = (id) => state.chat?.messages.find((one) => one.id === id);

async function decide(ref, body, words) {
  await post(chatAt(ref, "public-reply"), body);
  say(words);
  refresh();
}

/** What everybody will read stands in the field; what may not stand in public is refused with its reason. */
export function postInPublic(id) {
  const ref = state.open, one = waiting(id);
  if (!one) return;
  ask({ title: W.public_title, intro: W.public_intro, confirm: W.public_post, fields: [{ name: "text", label: W.public_words, type: "textarea", value: one.text, required: true, attributes: { rows: 6 } }],
    act: ({ text }) => decide(ref, { message: id, post: true, ...(text === one.text.trim() ? {} : { text }) }, W.public_posted) });
}

export function leaveUnsaid(id) {
  const ref = state.open;
  ask({ title: W.public_leave_title, intro: W.public_leave_intro, confirm: W.public_leave, danger: true, act: () => decide(ref, { message: id, post: false }, W.public_left) });
}
