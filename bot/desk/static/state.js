// What the page knows, in one place, and who wants to hear when it changes.
export const state = {
  me: null, // GET /desk/api/me
  rows: new Map(), // the board, by case reference
  loaded: false, // the board has come once
  skew: 0, // ms by which the server's clock is ahead of this one's
  view: "chats", // chats, approvals, live
  tab: "waiting", // waiting, mine, all
  open: null, // reference of the open chat
  chat: null, // GET /desk/api/chats/REF
  case: null, // GET /desk/api/cases/REF
  approvals: [],
  alerts: [], // GET /desk/api/alerts
  pane: "queue", // which one a narrow screen shows: queue, thread, case
};

const bus = new EventTarget();

/** Calls `act(detail)` whenever `name` is told. */
export function on(name, act) { bus.addEventListener(name, (event) => act(event.detail)); }
export function tell(name, detail = null) { bus.dispatchEvent(new CustomEvent(name, { detail })); }

/** The server's time, ms. */
export function now() { return Date.now() + state.skew; }

export const row = (ref = state.open) => state.rows.get(ref) ?? null;
export const isMine = (one) => Boolean(one) && one.handler === "agent" && one.agent === state.me.name;
export const isSnoozed = (one) => Boolean(one.snoozed_until) && Date.parse(one.snoozed_until) > now();
export const isOffered = (one) => one.offered_to === state.me.name && (!one.offered_until || Date.parse(one.offered_until) > now());

const BELONGS = {
  waiting: (one) => one.handler === "queue" && !isSnoozed(one),
  mine: (one) => isMine(one),
  all: () => true,
};

/** The rows of a tab, the oldest breach first: what is due soonest, offers to this agent before all; without a clock by how long they wait. */
export function rowsOf(tab = state.tab) {
  const due = (one) => (one.breach === "paused" || !one.due_at ? Infinity : Date.parse(one.due_at));
  const found = [...state.rows.values()].filter(BELONGS[tab]);
  return found.sort((a, b) => isOffered(b) - isOffered(a) || due(a) - due(b) || Date.parse(a.since ?? a.at) - Date.parse(b.since ?? b.at) || a.ref.localeCompare(b.ref));
}
