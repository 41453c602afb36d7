// The left pane: who waits, who is mine, and all; what is due soonest comes first.
import { button, h, reconcile } from "./dom.js";
import { clockOf, language, named, span } from "./format.js";
import { icon } from "./icons.js";
import { isOffered, now, on, row, rowsOf, state, tell } from "./state.js";
import { W } from "./words.js";

const TABS = ["waiting", "mine", "all"];
const tabs = Object.fromEntries(TABS.map((name) => [name, h("button", {
  type: "button", role: "tab", id: `tab-${name}`, class: "tab", "aria-controls": "rows", "data-focus": name,
  onclick: () => show(name), onkeydown: (event) => step(event, name),
}, h("span", { text: W.tabs[name] }), h("span", { class: "count" }))]));
const list = h("ul", { class: "rows", "aria-label": W.queue });
const empty = h("p", { class: "empty" });
const panel = h("div", { id: "rows", role: "tabpanel", class: "panel" }, list, empty);

export const queue = h("section", { class: "pane queue", "aria-labelledby": "queue-title" },
  h("h2", { id: "queue-title", class: "hidden", text: W.queue }),
  h("div", { class: "tabs", role: "tablist", "aria-label": W.queue }, TABS.map((name) => tabs[name])), panel);

/** Shows a tab. */
export function show(name) {
  state.tab = name;
  draw();
  panel.scrollTop = 0;
}

function step(event, name) {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  const next = TABS[(TABS.indexOf(name) + by + TABS.length) % TABS.length];
  show(next);
  tabs[next].focus();
}

/** Moves the focus by so many rows, from the focused one, or from the open one. */
export function move(by) {
  const links = [...list.querySelectorAll("a.row-link")];
  if (!links.length) return;
  const at = links.findIndex((one) => one === document.activeElement || one.closest("li").contains(document.activeElement));
  const from = at >= 0 ? at : links.findIndex((one) => one.closest("li").dataset.key === state.open);
  const to = from < 0 ? (by < 0 ? links.length - 1 : 0) : Math.min(Math.max(from + by, 0), links.length - 1);
  links[to].focus();
  links[to].scrollIntoView({ block: "nearest" });
}

/** The reference of the row that has the focus. */
export function pointed() {
  return list.contains(document.activeElement) ? document.activeElement.closest("li")?.dataset.key ?? null : null;
}

/** What comes after this chat in the tab, for "resolve and next". */
export function after(ref) {
  const refs = rowsOf().map((one) => one.ref), others = [...refs.slice(refs.indexOf(ref) + 1), ...refs, ...rowsOf("waiting").map((one) => one.ref)];
  return others.find((one) => one !== ref) ?? null;
}

function draw() {
  for (const name of TABS) {
    const count = rowsOf(name).length;
    tabs[name].lastChild.textContent = state.loaded ? String(count) : "";
    tabs[name].setAttribute("aria-selected", String(name === state.tab));
    tabs[name].tabIndex = name === state.tab ? 0 : -1;
  }
  panel.setAttribute("aria-labelledby", `tab-${state.tab}`);
  const rows = rowsOf(), opened = row();
  const isApart = Boolean(opened) && !rows.includes(opened); // the open chat stays in sight, whatever the tab shows
  if (isApart) rows.unshift(opened);
  empty.textContent = state.loaded ? W.empty[state.tab] : W.loading;
  empty.hidden = rows.length > 0;
  reconcile(list, rows.map((one) => ({ key: one.ref, sign: JSON.stringify([one, one.ref === state.open, isOffered(one), isApart && one === opened]), make: () => rowOf(one, isApart && one === opened) })));
  tick();
}

function rowOf(one, isApart) {
  const isOpen = one.ref === state.open, name = one.customer || W.somebody(one.ref);
  const link = h("a", { class: "row-link", href: `#/chat/${encodeURIComponent(one.ref)}`, "aria-current": isOpen ? "true" : null, "data-focus": "row" },
    h("span", { class: "line first" },
      one.unread > 0 && h("span", { class: "dot", "aria-hidden": "true" }), h("span", { class: "name", text: name }),
      h("span", { class: "clock", "data-ref": one.ref })),
    h("span", { class: "line why" }, one.severity && h("span", { class: `severity ${one.severity}`, text: W.severity(one.severity, "").trim(), title: W.severities[one.severity] }),
      h("span", { class: "reason", text: one.reason ? named(W.reasons, one.reason) : named(W.issues, one.issue) }), one.money && h("span", { class: "money", text: one.money, title: W.at_stake(one.money) })),
    one.last && h("span", { class: "line last", text: `${prefix(one)}${one.last.text}` }),
    h("span", { class: "line small" }, icon(one.channel in W.channels ? channelIcon(one.channel) : "website", 14), h("span", { text: `${named(W.channels, one.channel)} · ${language(one.language || "en")}` }),
      one.agent && h("span", { class: "with", text: one.agent === state.me.name ? W.with_you : W.with_agent(one.agent) }),
      !one.agent && one.handler === "assistant" && h("span", { class: "with", text: W.with_assistant }),
      one.unread > 0 && h("span", { class: "unread", text: W.unread(one.unread) })),
    others(one).length > 0 && h("span", { class: "line looking" }, icon("eye", 14), h("span", { text: W.looking(others(one)) })),
    one.approvals > 0 && h("span", { class: "line approval", text: W.approvals_wait(one.approvals) }));
  return h("li", { class: `row ${isOpen ? "open" : ""} ${isApart ? "pinned" : ""} ${one.unread > 0 ? "unread" : ""}` }, link, isOffered(one) && offer(one));
}

function offer(one) {
  const text = h("span", { class: "offer-text", "data-offer": one.ref, text: W.offered });
  return h("div", { class: "offer" }, text, button("strong small", W.accept, () => tell("deed", { id: "take", ref: one.ref }), { "aria-label": `${W.accept}: ${one.customer || one.ref}`, "data-focus": "accept" }),
    button("quiet small", W.decline, () => tell("deed", { id: "decline", ref: one.ref }), { "aria-label": `${W.decline}: ${one.customer || one.ref}`, "data-focus": "decline" }));
}

function others(one) { return (one.looking ?? []).filter((name) => name !== state.me.name); }
function channelIcon(channel) { return channel === "email" || channel === "letter" ? "email" : channel === "sms" || channel === "whatsapp" ? "phone" : "website"; }
function prefix(one) { return one.last.author === "agent" && one.last.agent === state.me.name ? W.says.you : W.says[one.last.author] ?? ""; }

/** The clocks go on. */
function tick() {
  for (const place of list.querySelectorAll(".clock")) {
    const one = state.rows.get(place.dataset.ref), clock = one && clockOf(one);
    if (!clock) continue;
    if (place.textContent !== clock.text) place.textContent = clock.text;
    place.className = `clock ${clock.level}`;
    place.title = clock.title;
  }
  for (const place of list.querySelectorAll(".offer-text")) {
    const until = Date.parse(state.rows.get(place.dataset.offer)?.offered_until ?? "");
    if (until) place.textContent = until > now() ? W.offered_for(span(until - now())) : W.offered;
    if (until && until <= now()) queueMicrotask(draw);
  }
}

on("me", draw);
on("board", draw);
on("opened", draw);
setInterval(() => { if (state.me) tick(); }, 1000);
