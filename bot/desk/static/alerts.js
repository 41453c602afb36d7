// What somebody must notice and nobody has seen yet: a bell with their number, and the list behind it.
import { get, post } from "./api.js";
import { open } from "./dialogs.js";
import { button, fill, h } from "./dom.js";
import { named, when } from "./format.js";
import { icon } from "./icons.js";
import { readOut, tried } from "./saying.js";
import { on, state, tell } from "./state.js";
import { W } from "./words.js";

const EVERY = 20_000; // ms
const count = h("span", { class: "count", "aria-hidden": "true" });
export const bell = button("icon-button bell", "", showList);
bell.append(icon("bell", 20), count);
const list = h("div", { class: "alerts" });
let known = null; // ids that have been told

export async function fetchAlerts() {
  const said = await get("/desk/api/alerts").catch(() => null);
  if (!said) return;
  state.alerts = said.alerts;
  const isNew = known && said.alerts.some((one) => !known.has(one.id));
  known = new Set(said.alerts.map((one) => one.id));
  if (isNew) readOut(W.alerts_new);
  tell("alerts");
}

/** The rows of alerts, {id, kind, for_whom, detail, ref, at} each, with what leads to the chat and what takes them off. */
export function alertRows(found) {
  return h("ul", { class: "plain" }, found.map((one) => h("li", { class: "alert-row" },
    h("p", {}, h("b", { text: named(W.alert_kinds, one.kind) }), one.ref && [" ", h("a", { href: `#/chat/${encodeURIComponent(one.ref)}`, text: one.ref, "data-focus": `go-${one.id}` })]),
    h("p", { class: "soft", text: [when(one.at), forWhom(one), ...detailOf(one.detail ?? {})].filter(Boolean).join(" · ") }),
    state.me.may.act && button("quiet small", W.seen, () => see(one), { "data-focus": `seen-${one.id}`, "aria-label": W.seen_of(named(W.alert_kinds, one.kind), one.ref ?? "") }))));
}

function forWhom(one) { return one.for_whom === state.me.name ? W.for_you : W.for_whom(state.me.team_names[one.for_whom] ?? one.for_whom); }

/** What is known beside the kind: which clock, promise, remedy or incident, and until when. */
function detailOf(detail) {
  const due = detail.due ?? detail.by;
  return [
    detail.clock && named(W.clocks, detail.clock), detail.what && named({ ...W.kinds, ...W.promise_kinds }, detail.what), detail.issue && named(W.issues, detail.issue),
    detail.complaints && W.complaints(detail.complaints), detail.incident && `${W.incident} ${detail.incident}`, detail.remedy, detail.claim, due && W.due(when(due)), detail.channel && named(W.channels, detail.channel), detail.why && W.alert_why(detail.why),
  ];
}

async function see(one) {
  if ((await tried(() => post(`/desk/api/alerts/${one.id}/seen`))) === undefined) return;
  await fetchAlerts();
  tell("alert-seen");
}

function draw() {
  count.textContent = state.alerts.length ? String(state.alerts.length) : "";
  bell.setAttribute("aria-label", W.alerts_of(state.alerts.length));
  if (!list.isConnected) return;
  const hadFocus = list.contains(document.activeElement);
  fill(list, state.alerts.length ? alertRows(state.alerts) : h("p", { class: "soft", text: W.no_alerts }));
  if (hadFocus && !list.contains(document.activeElement)) (list.querySelector("button") ?? list.closest("dialog").querySelector(".shut")).focus(); // the row it was on has gone
}

function showList() {
  open(W.alerts, (close) => {
    list.onclick = (event) => { if (event.target.closest("a")) close(); };
    return [h("p", { class: "intro", text: W.alerts_hint }), list];
  }, "alert-list");
  draw();
  fetchAlerts();
}

on("alerts", draw);
on("alerts-list", showList);
setInterval(() => { if (state.me && document.visibilityState === "visible") fetchAlerts(); }, EVERY);
