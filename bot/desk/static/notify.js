// Telling somebody who looks elsewhere: the title's count, a notification where the browser may, a sound where the account wants one.
import { isMine, isOffered, on, rowsOf, state, tell } from "./state.js";
import { W } from "./words.js";

let audio = null, before = null;

export const canNotify = () => (typeof Notification === "undefined" ? "none" : Notification.permission);
/** Asked for on a click only. */
export const askToNotify = () => Notification.requestPermission();

export function ring() {
  try {
    audio ??= new AudioContext();
    audio.resume();
    const from = audio.currentTime, tone = new OscillatorNode(audio, { frequency: 660 }), level = new GainNode(audio, { gain: 0 });
    level.gain.linearRampToValueAtTime(0.08, from + 0.02);
    level.gain.linearRampToValueAtTime(0, from + 0.4);
    tone.connect(level).connect(audio.destination);
    tone.start(from);
    tone.stop(from + 0.4);
  } catch { /* a browser without sound */ }
}

function notice(title, row) {
  if (canNotify() !== "granted" || document.visibilityState === "visible") return;
  try {
    const made = new Notification(title, { body: row.last?.text ?? "", tag: row.ref });
    made.addEventListener("click", () => {
      window.focus();
      tell("go", row.ref);
      made.close();
    });
  } catch { /* phones have none without a service worker */ }
}

/** What is new since the last look at the board. What was there at the start makes no noise. */
function look() {
  const rows = [...state.rows.values()];
  const after = new Map(rows.map((one) => [one.ref, { waits: one.handler === "queue", unread: isMine(one) ? one.unread : 0, offered: isOffered(one) }]));
  const wants = rowsOf("waiting").length + rows.filter((one) => isMine(one) && one.unread > 0).length;
  document.title = W.title(wants, state.me.shop);
  if (before && !state.me.away) {
    let isNew = false;
    for (const one of rows) {
      const was = before.get(one.ref), is = after.get(one.ref), name = one.customer || one.ref;
      const words = is.offered && !was?.offered ? W.notice_offered(name) : is.waits && !was?.waits ? W.notice_waiting(name) : is.unread > (was?.unread ?? 0) ? W.notice_wrote(name) : "";
      if (!words) continue;
      isNew = true;
      notice(words, one);
    }
    if (isNew && state.me.sound) ring();
  }
  before = after;
}

on("board", look);
