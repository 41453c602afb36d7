// Messaging channels: whether words can be sent to the customer there now, above the place where people write.
import { fill, h } from "./dom.js";
import { named, span, when } from "./format.js";
import { icon } from "./icons.js";
import { now, on, state } from "./state.js";
import { W } from "./words.js";

const EVERY = 20_000; // ms
export const line = h("div", { class: "channel-line", role: "status", hidden: true });

/** What a message to the customer came to, where its state alone does not say it: {kind, text}. */
export function cameTo(one) {
  const { what, why } = one.became ?? {};
  if (what === "failed") return { kind: "failed", text: W.not_arrived(why) };
  if (what === "retry") return { kind: "late", text: W.not_through(why) };
  if (what === "told" || what === "window") return { kind: "late", text: what === "told" ? W.waits_and_told : W.waits_for_them };
  return null;
}

/** Why nothing can be sent, or until when it can: {kind, said}. */
function standing(chat) {
  const contact = chat?.contact, channel = chat && named(W.channels, chat.channel);
  if (!contact) return null;
  if (!contact.is_set) return { kind: "barred", said: [W.not_set_up(channel)] };
  if (contact.stopped_at) return { kind: "barred", said: [(contact.asks_start ? W.they_must_start : W.they_stopped)(channel, when(contact.stopped_at))] };
  if (!contact.has_window) return contact.is_public ? { kind: "runs", said: [W.to_them_alone] } : null;
  const left = contact.until ? Date.parse(contact.until) - now() : 0;
  if (left > 0) return { kind: "runs", said: [W.window_open(channel, when(contact.until), span(left))] };
  const told = contact.told_at ? W.shut_told(when(contact.told_at)) : contact.has_template ? W.shut_will_tell : W.shut_silent;
  return { kind: "barred", said: [W.window_shut(channel, contact.last_in_at && when(contact.last_in_at)), told] };
}

function draw() {
  const found = standing(state.chat?.ref === state.open ? state.chat : null), sign = JSON.stringify(found);
  if (line.dataset.sign === sign) return; // said once
  line.dataset.sign = sign;
  line.hidden = !found;
  line.className = `channel-line ${found?.kind ?? ""}`;
  fill(line, found && [icon(found.kind === "barred" ? "warn" : state.chat.contact.is_public ? "lock" : "clock", 14), h("p", { text: found.said.join(" ") })]);
}

on("chat", draw);
on("opened", draw);
setInterval(draw, EVERY);
