// The right pane: what is known of the case, and what can be done for the customer.
import { button, fill, h } from "./dom.js";
import { EDITABLE } from "./facts.js";
import { named, onDay, plain, when } from "./format.js";
import { icon } from "./icons.js";
import { recordOf } from "./learning.js";
import { on, state, tell } from "./state.js";
import { W } from "./words.js";

const ORDER_PARTS = ["status", "placed_at", "promised_by", "delivered_at", "carrier", "tracking", "total", "paid", "refunded"];
const MONEY = new Set(["total", "paid", "refunded"]);
const DAYS = new Set(["placed_at", "promised_by", "delivered_at"]);
const body = h("div", { class: "case-body", tabindex: 0, role: "group", "aria-label": W.case });
const title = h("h2", { id: "case-title", tabindex: -1, text: W.case });
export const casePane = h("section", { class: "pane case", "aria-labelledby": "case-title" },
  h("header", { class: "case-head" }, button("icon-button to-chat", "", () => tell("pane", "thread"), { "aria-label": W.to_chat }), title), body);
casePane.querySelector(".to-chat").append(icon("back", 20));

export function focusCase() { title.focus(); }

const deed = (id, more = {}) => () => tell("deed", { id, ...more });
const may = () => state.me.may.act;

function section(name, heading, contents, deeds = []) {
  const inside = [contents].flat(3).filter(Boolean);
  if (!inside.length && !deeds.filter(Boolean).length) return null;
  return h("section", { class: `part ${name}`, "aria-labelledby": `part-${name}` }, h("header", {}, h("h3", { id: `part-${name}`, text: heading }), deeds.filter(Boolean)), inside);
}

function folded(name, heading, contents) {
  const inside = [contents].flat(3).filter(Boolean);
  if (!inside.length) return null;
  const made = h("details", { class: `part ${name}`, open: folds.has(name) }, h("summary", {}, h("h3", { text: heading }), h("span", { class: "count", text: String(inside.length) })), inside.length === 1 ? inside : h("ul", { class: "plain" }, inside));
  made.addEventListener("toggle", () => (made.open ? folds.add(name) : folds.delete(name)));
  return made;
}
const folds = new Set(["earlier", "claims", "callbacks"]);

let shown = "";
function draw() {
  const found = state.case?.ref === state.open ? state.case : null;
  casePane.classList.toggle("empty-pane", !found);
  title.textContent = found ? W.case_of(found.ref) : W.case;
  const sign = JSON.stringify([found, state.open]);
  if (sign === shown) return;
  const isSame = shown && found && JSON.parse(shown)[1] === state.open, at = body.scrollTop;
  shown = sign;
  fill(body, found ? parts(found) : h("p", { class: "empty", text: state.open ? W.loading : "" }));
  body.scrollTop = isSame ? at : 0;
}

function parts(one) {
  return [
    summary(one), waiting(one), facts(one), verdict(one), remedies(one), order(one), promises(one), followUp(one), learned(one), incident(one), escalations(one), earlier(one),
    folded("claims", W.claims, (one.claims ?? []).map(claimOf)), folded("callbacks", W.callbacks, (one.callbacks ?? []).map(callOf)), links(one),
    folded("history", W.history, [...(one.history ?? [])].reverse().map((line) => h("li", {}, h("span", { class: "soft", text: `${when(line.at)} ${line.who ?? ""} ` }), h("span", { text: line.text || plain(line.act) })))),
  ];
}

function summary(one) {
  const pairs = [
    [W.deeds.priority, named(W.priorities, one.priority), "priority"], [W.assignee, one.assignee || W.none, "assign"], [W.fault, named(W.faults, one.fault)],
    [W.customer, one.customer && h("span", {}, [one.customer.name, one.customer.email, one.customer.phone].filter(Boolean).map((text) => h("span", { class: "own-line", text })))],
  ].filter(([, value]) => value);
  return h("section", { class: "part summary", "aria-label": W.summary },
    h("p", { class: "headline" }, one.severity && h("span", { class: `severity ${one.severity}`, text: W.severity(one.severity, named(W.severities, one.severity)) }), h("b", { text: one.issue ? named(W.issues, one.issue) : W.issue_unknown }),
      h("span", { class: "status", text: named(W.statuses, one.status) })),
    h("p", { class: one.proven ? "proof yes" : "proof" }, icon(one.proven ? "check" : "warn", 14), h("span", { text: one.proven ? W.proven : W.not_proven })),
    h("dl", {}, pairs.map(([label, value, id]) => [h("dt", { text: label }), h("dd", {}, h("span", {}, value), id && may() && editor(label, deed(id), id))])),
    tags(one), state.me.may.supervise && h("p", {}, button("link", W.erase, deed("erase"), { "data-focus": "erase" })));
}

function tags(one) {
  return h("p", { class: "tags" }, (one.tags ?? []).map((text) => h("span", { class: "tag", text: `#${text}` })), may() && button("link", W.tag, deed("tag"), { "data-focus": "tag", title: "#" }));
}

function editor(label, act, mark) {
  const made = button("icon-button edit", "", act, { "aria-label": W.edit(label.toLowerCase()), "data-focus": `edit-${mark}` });
  made.append(icon("pen", 14));
  return made;
}

/** What waits for somebody's word stands on top. */
function waiting(one) {
  const found = (one.remedies ?? []).filter((remedy) => remedy.state === "needs_approval");
  return found.length > 0 && h("section", { class: "part waiting", "aria-label": W.approvals }, found.map((remedy) => remedyOf(remedy)));
}

function facts(one) {
  return section("facts", W.facts, one.facts?.length > 0 && h("dl", { class: "facts" }, one.facts.map((fact) => [
    h("dt", { text: fact.label || plain(fact.name) }),
    h("dd", {}, h("span", { class: "value", dir: "auto", text: valueOf(fact, one) }), may() && EDITABLE.has(fact.name) && editor(fact.label || plain(fact.name), deed("fact", { fact }), fact.name),
      h("span", { class: "source" }, h("span", { text: named(W.sources, fact.source) }), fact.verified ? h("span", { class: "yes" }, icon("check", 12), W.verified) : null)),
  ])), [may() && button("link", W.add_fact, deed("fact"), { "data-focus": "add-fact" })]);
}

/** What a fact says to people: items by their names, a time as a time. */
function valueOf(fact, one) {
  const items = one.order?.items ?? [];
  if (fact.name === "items") return fact.value.split(",").map((line) => items.find((item) => String(item.line) === line.trim())?.name ?? line).join(", ");
  if (fact.name === "wish") return named(W.kinds, fact.value);
  return /^\d{4}-\d\d-\d\dT/.test(fact.value) ? when(fact.value) : fact.value;
}

function verdict(one) {
  const allowed = one.verdict?.allowed ?? [], refused = one.verdict?.refused ?? [], limit = one.may_grant;
  const offers = allowed.map((way) => h("li", {}, h("p", { class: "way" }, icon("check", 14), h("b", { text: ways(way) }), may() && button("strong small", W.give(named(W.kinds, way.kind)), deed("remedy", { way }), { "data-focus": `grant-${way.kind}-${way.amount ?? ""}`, "aria-label": W.confirm_remedy(ways(way)) })),
    reasons(way).length > 0 && h("ul", { class: "reasons" }, reasons(way).map((text) => h("li", { text })))));
  const nots = refused.map((way) => h("li", {}, h("span", { class: "no", text: named(W.kinds, way.kind) }), h("span", { text: plain(way.reason) })));
  return section("verdict", W.verdict, [
    one.verdict?.clauses?.length > 0 && h("p", { class: "soft clauses", text: one.verdict.clauses.join(" ") }),
    offers.length ? h("ul", { class: "plain ways" }, offers) : h("p", { class: "soft", text: W.no_allowed }),
    nots.length > 0 && h("details", { open: folds.has("refused"), ontoggle: (event) => (event.target.open ? folds.add("refused") : folds.delete("refused")) }, h("summary", { text: W.refused }), h("ul", { class: "plain nots" }, nots)),
    limit?.limit && h("p", { class: "soft", text: limit.left && limit.left !== limit.limit ? W.limit_left(sum(limit.left, limit.currency), sum(limit.limit, limit.currency)) : W.limit(sum(limit.limit, limit.currency)) }),
  ], [may() && button("link", W.other_remedy, deed("remedy"), { "data-focus": "other-remedy", title: "m" })]);
}

function ways(way) { return [way.wording ? plain(way.wording) : named(W.kinds, way.kind), !String(way.wording ?? "").includes(String(way.amount ?? "-")) && way.amount].filter(Boolean).join(", "); }
function reasons(way) { return [way.reasons ?? []].flat().filter(Boolean).map(plain); }
function sum(amount, currency) { return String(amount).includes(currency) ? String(amount) : `${amount} ${currency}`; }

function remedies(one) {
  const found = (one.remedies ?? []).filter((remedy) => remedy.state !== "needs_approval");
  return section("remedies", W.remedies, found.map((remedy) => remedyOf(remedy)));
}

/** A remedy with whatever may be done about it. */
export function remedyOf(one) {
  const deeds = [
    one.may_approve && button("strong small", W.approve, deed("approve", { remedy: one }), { "data-focus": `approve-${one.ref}`, title: "y" }), one.may_refuse && button("quiet small", W.refuse, deed("refuse", { remedy: one }), { "data-focus": `refuse-${one.ref}`, title: "x" }),
    one.may_undo && button("quiet small", W.undo_remedy, deed("undo_remedy", { remedy: one }), { "data-focus": `undo-${one.ref}` }),
    one.may_redrive && button("quiet small", W.redrive, deed("redrive", { remedy: one }), { "data-focus": `redrive-${one.ref}` }), one.may_settle && button("quiet small", W.settle, deed("settle", { remedy: one }), { "data-focus": `settle-${one.ref}` }),
  ].filter(Boolean);
  const small = [one.ref, one.granted_by && W.granted_by(one.granted_by), one.due_at && W.due(onDay(one.due_at)), one.why && plain(one.why)].filter(Boolean).join(" · ");
  return h("div", { class: `remedy ${one.state}` }, h("p", { class: "way" }, h("b", { text: [plain(one.what || named(W.kinds, one.kind)), one.amount && !String(one.what).includes(one.amount.split(" ")[0]) && one.amount].filter(Boolean).join(", ") }), h("span", { class: `badge ${one.state}`, text: named(W.remedy_states, one.state) })),
    h("p", { class: "soft", text: small }), one.state === "needs_approval" && one.lacking > 0 && h("p", { class: "soft", text: W.lacking(one.lacking) }), deeds.length > 0 && h("p", { class: "row-deeds" }, deeds));
}

function order(one) {
  const number = one.facts.find((fact) => fact.name === "order_number")?.value;
  if (!one.order) return section("order", W.order, h("p", { class: "soft", text: W.order_states[one.order_state ?? "none"](number) }));
  const about = one.order;
  return section("order", W.order_of(about.number), [
    about.items?.length > 0 && h("ul", { class: "plain items" }, about.items.map((item) => h("li", {}, h("span", { class: "soft", text: W.quantity(item.quantity) }), h("span", { class: "item", text: [item.name, optionsOf(item)].filter(Boolean).join(", ") }), h("span", { class: "money", text: item.price ? sum(item.price, about.currency) : "" })))),
    h("dl", {}, ORDER_PARTS.filter((name) => [about[name]].flat().filter(Boolean).length).map((name) => [h("dt", { text: W.order_parts[name] }), h("dd", { text: DAYS.has(name) ? onDay(about[name]) : name === "status" ? plain(about[name]) : MONEY.has(name) ? sum(about[name], about.currency) : [about[name]].flat().join(", ") })])),
  ]);
}

function optionsOf(item) {
  if (!item.options) return "";
  return typeof item.options === "string" ? item.options : Object.values(item.options).join(", ");
}

function promises(one) {
  const rows = (one.promises ?? []).map((promise) => h("li", { class: `promise ${promise.state}` }, icon("clock", 14),
    h("span", { text: W.promise_kinds[promise.what] ?? W.kinds[promise.what] ?? plain(promise.what) }), h("span", { class: "soft", text: [W.due(when(promise.due_at)), promise.assignee].filter(Boolean).join(" · ") }),
    h("span", { class: `badge ${promise.state}`, text: named(W.promise_states, promise.state) }), may() && promise.kind === "own_word" && promise.state === "open" && h("span", { class: "row-deeds" },
      button("quiet small", W.promise_kept, deed("promise_end", { promise, state: "kept" }), { "data-focus": `kept-${promise.id}` }), button("quiet small", W.promise_withdrawn, deed("promise_end", { promise, state: "withdrawn" }), { "data-focus": `withdrawn-${promise.id}` }))));
  return section("promises", W.promises, rows.length > 0 && h("ul", { class: "plain" }, rows), [may() && button("link", W.add_promise, deed("promise"), { "data-focus": "promise" })]);
}

/** Whether it was put right, as far as the customer was asked and says; of the newest round. */
function followUp({ follow_up: found }) {
  if (!found) return null;
  const state_ = found.outcome && found.state !== "answered" ? "half_answered" : found.state;
  const stands = found.state === "withdrawn" ? W.follow_up_whys[found.why] ?? W.follow_up_withdrawn : W.follow_up_states[state_](when(found.asked_at), when(found.due_at));
  return section("follow-up", W.follow_up, [
    found.outcome && h("p", {}, h("b", { text: named(W.follow_up_outcomes, found.outcome) }), found.satisfaction && ` ${W.satisfaction(found.satisfaction)}`, found.effort && ` ${W.effort(found.effort)}`),
    h("p", { class: "soft", text: stands }),
    found.round > 1 && h("p", { class: "soft", text: W.follow_up_again }),
  ]);
}

function learned(one) {
  return section("learning", W.learning_record, recordOf(one), [one.learning?.may_finish && button("link", one.learning.finished_at ? W.learning_change : W.learning_finish, deed("learn"), { "data-focus": "learn", title: "l" })]);
}

function incident(one) {
  if (!one.incident) return null;
  return section("incident", W.incident, [h("p", {}, h("b", { text: one.incident.title })), one.incident.explanation && h("p", { text: one.incident.explanation }), one.incident.next_update_at && h("p", { class: "soft", text: W.next_update(when(one.incident.next_update_at)) })]);
}

function escalations(one) {
  return section("escalations", W.escalations, (one.escalations ?? []).length > 0 && h("ul", { class: "plain" }, one.escalations.map((found) => h("li", {}, h("b", { text: named(W.reasons, found.reason) }),
    h("span", { class: "soft", text: [W.escalation(state.me.team_names?.[found.team] ? plain(state.me.team_names[found.team]) : plain(found.team ?? ""), when(found.due_at)), found.answered_at && W.answered(when(found.answered_at))].filter(Boolean).join(" · ") })))));
}

function earlier(one) {
  return folded("earlier", W.earlier, (one.earlier ?? []).map((found) => h("li", {}, h("a", { href: `#/chat/${encodeURIComponent(found.ref)}`, text: found.ref }), " ", h("span", { text: named(W.issues, found.issue) }),
    h("span", { class: "soft", text: ` ${named(W.statuses, found.status)} · ${onDay(found.created_at)}${found.again ? ` · ${W.came_again}` : ""}` }), found.learned && h("span", { class: "own-line soft", text: W.beneath(found.learned.cause ?? named(W.root_causes, found.learned.root_cause)) }), found.totals?.length > 0 && h("span", { class: "soft", text: ` · ${W.given_in_all(found.totals.join(", "))}` }), (found.remedies ?? []).map((remedy) => h("span", { class: "own-line soft", text: typeof remedy === "string" ? plain(remedy) : [plain(remedy.what || named(W.kinds, remedy.kind)), !String(remedy.what).includes(remedy.amount) && remedy.amount, named(W.remedy_states, remedy.state)].filter(Boolean).join(", ") })))));
}

function links(one) {
  const found = (one.links ?? []).map((link) => h("li", {}, h("a", { href: `#/chat/${encodeURIComponent(link.ref)}`, text: link.ref }), " ", h("span", { class: "soft", text: named(W.link_kinds, link.back ? `${link.kind}_back` : link.kind) })));
  return section("links", W.links, found.length > 0 && h("ul", { class: "plain" }, found), [may() && button("link", W.merge, deed("merge"), { "data-focus": "merge" }), may() && button("link", W.split, deed("split"), { "data-focus": "split" })]);
}

/** Losses a customer asks to be paid for: each with its receipt, decided here. */
function claimOf(one) {
  return h("li", { class: "claim" }, h("p", { class: "way" }, h("b", { text: [one.ref, ...one.total].join(", ") }), h("span", { class: `badge ${one.state}`, text: named(W.claim_states, one.state) })),
    h("ul", { class: "reasons" }, one.items.map((item) => h("li", { text: [item.what, item.amount, item.receipt ? W.receipt : W.no_receipt].filter(Boolean).join(", ") }))),
    h("p", { class: "soft", text: [one.decide_by && W.decide_by(when(one.decide_by)), one.decided_by && W.granted_by(one.decided_by), one.remedy, one.reason].filter(Boolean).join(" · ") }),
    may() && one.may_decide && h("p", { class: "row-deeds" }, button("strong small", W.claim_accept, deed("claim", { claim: one, verdict: "accept" }), { "data-focus": `accept-${one.ref}` }), button("quiet small", W.refuse, deed("claim", { claim: one, verdict: "refuse" }), { "data-focus": `refuse-${one.ref}` })));
}

function callOf(one) {
  const isOpen = one.state === "booked";
  return h("li", { class: "call" }, h("p", { class: "way" }, h("b", { text: `${when(one.starts_at)}, ${one.phone}` }), h("span", { class: `badge ${one.state}`, text: named(W.call_states, one.state) })), h("p", { class: "soft", text: [one.assignee, one.remedy].filter(Boolean).join(" · ") }),
    may() && isOpen && h("p", { class: "row-deeds" }, ["done", "unanswered", "missed"].map((how) => button("quiet small", W.call_deeds[how], deed("call", { call: one, how }), { "data-focus": `${how}-${one.remedy}` }))));
}

on("chat", draw);
on("opened", draw);
