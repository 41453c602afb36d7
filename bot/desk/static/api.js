// The desk's own door: requests with this session's seal, and the stream of what changed.
import { state, tell } from "./state.js";
import { W } from "./words.js";

const FIRST_WAIT = 500, LONGEST_WAIT = 8000, SILENCE = 40_000; // ms; the stream gives a sign of life each 15 s

/** An answer that says no, in words for whoever sits here. `status` 0: nothing came back. */
export class Problem extends Error {
  constructor(status, words) {
    super(words);
    this.status = status;
  }
}

async function call(method, path, given = {}) {
  let answer;
  try {
    answer = await fetch(path, { method, ...given, headers: { ...(state.me ? { "x-amends-desk": state.me.csrf } : {}), ...given.headers } });
  } catch {
    throw new Problem(0, W.no_answer);
  }
  const said = await answer.json().catch(() => ({}));
  if (answer.ok) return said;
  if (answer.status === 401) tell("signed-out");
  throw new Problem(answer.status, said.error || W.failed(answer.status));
}

export const get = (path) => call("GET", path);
export const post = (path, body = {}) => call("POST", path, { headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
export const chatAt = (ref, deed = "") => `/desk/api/chats/${encodeURIComponent(ref)}${deed && `/${deed}`}`;
export const caseAt = (ref, deed = "") => `/desk/api/cases/${encodeURIComponent(ref)}${deed && `/${deed}`}`;
export const remedyAt = (ref, deed) => `/desk/api/remedies/${encodeURIComponent(ref)}/${deed}`;
/** Sends a file ahead of its reply. `key` is this page's own id of it: sent twice it is kept once. */
export const sendFile = (ref, file, key) => call("POST", `/desk/api/files?chat=${encodeURIComponent(ref)}&client_id=${key}`, { headers: { "content-type": file.type || "application/octet-stream", "x-file-name": encodeURIComponent(file.name) }, body: file });

/** Listens for ever. `heard(name, data, isFirst)`; a broken line tells "line" {up, again (ms)} and heals by itself. */
export async function listen(heard) {
  for (let wait = FIRST_WAIT; ;) {
    const ending = new AbortController(), cut = () => ending.abort();
    addEventListener("offline", cut);
    let guard = 0;
    const alive = () => {
      clearTimeout(guard);
      guard = setTimeout(() => ending.abort(), SILENCE);
    };
    try {
      alive();
      const answer = await fetch("/desk/api/stream", { signal: ending.signal, headers: { accept: "text/event-stream" } });
      if (answer.status === 401) return tell("signed-out");
      if (!answer.ok) throw new Problem(answer.status, "");
      wait = FIRST_WAIT;
      tell("line", { up: true });
      await read(answer.body, alive, heard);
    } catch { /* whatever broke it, it is tried again */ }
    clearTimeout(guard);
    removeEventListener("offline", cut);
    tell("line", { up: false, again: wait });
    await rest(wait);
    wait = Math.min(wait * 2, LONGEST_WAIT);
  }
}

async function read(body, alive, heard) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let kept = "", isFirst = true; ;) {
    const { value, done } = await reader.read();
    if (done) return;
    alive();
    const parts = (kept + value.replaceAll("\r\n", "\n")).split("\n\n");
    kept = parts.pop();
    for (const part of parts) {
      const lines = part.split("\n");
      const data = lines.filter((one) => one.startsWith("data:")).map((one) => one.slice(5)).join("\n");
      const name = lines.find((one) => one.startsWith("event:"))?.slice(6).trim() ?? "message";
      if (!data) continue;
      heard(name, JSON.parse(data), isFirst);
      isFirst = false;
    }
  }
}

/** Waits, but no longer than until the browser says that it is online again. */
function rest(ms) {
  return new Promise((go) => {
    setTimeout(go, ms);
    addEventListener("online", go, { once: true });
  });
}
