// What is typed and not sent: in this tab at once, and at the desk's own store a moment later, so that it is on all screens.
import { chatAt, post } from "./api.js";
import { later } from "./dom.js";
import { state } from "./state.js";

const nameOf = (ref) => `amends-desk:${state.me.name}:${ref}`;
const EMPTY = { mode: null, reply: "", note: "" };

/** {mode, reply, note} of a chat. */
export function draftOf(ref) {
  try { return { ...EMPTY, ...JSON.parse(sessionStorage.getItem(nameOf(ref)) ?? "{}") }; } catch { return { ...EMPTY }; }
}

export function keepDraft(ref, draft) {
  try {
    if (draft.reply || draft.note) sessionStorage.setItem(nameOf(ref), JSON.stringify(draft));
    else sessionStorage.removeItem(nameOf(ref));
  } catch { /* a browser that keeps nothing */ }
  remote(ref, draft.mode, draft[draft.mode] ?? "");
}

/** Nothing typed here stays in a browser that others use. */
export function forgetDrafts() {
  for (const name of Object.keys(sessionStorage)) if (name.startsWith("amends-desk:")) sessionStorage.removeItem(name);
}

const remotes = new Map();

function remote(ref, mode, text) {
  if (!state.me.may.reply) return;
  if (!remotes.has(ref)) remotes.set(ref, later(700, (how, what) => post(chatAt(ref, "draft"), { mode: how, text: what }).catch(() => { /* it is kept here */ })));
  remotes.get(ref)(mode ?? "reply", text);
}
