// The supervisor's view: who waits, who works, what is on fire, and what is in force.
import { alertRows } from "./alerts.js";
import { get, post } from "./api.js";
import { ask, field, instant, localTime } from "./dialogs.js";
import { button, fill, h } from "./dom.js";
import { everybody } from "./deeds.js";
import { named, plain, span, when } from "./format.js";
import { icon } from "./icons.js";
import { say, tried } from "./saying.js";
import { now, on, state } from "./state.js";
import { W } from "./words.js";

const EVERY = 2000; // ms
const MOST_RESPONSES = 60; // seen at once
const INCIDENT_FAULTS = new Set(["ours", "third_party", "force_majeure", "unclear"]);
const figures = h("div", { class: "figures" }), people = h("div", { class: "people" }), health = h("div", { class: "health" }), incidents = h("div", { class: "incidents" }), files = h("div", { class: "in-force" });
const block = (id, title, contents, deed) => h("section", { class: `block ${id}`, "aria-labelledby": `live-${id}` }, h("header", {}, h("h2", { id: `live-${id}`, text: title }), deed), contents);
const alerts = h("div", { class: "alerts" }), alertBlock = block("alerts", W.alerts, alerts);
const opens = button("quiet small", W.incident_open, () => openIncident());
export const live = h("section", { class: "view live", "aria-labelledby": "live-title", hidden: true }, h("h1", { id: "live-title", tabindex: -1, text: W.live }), figures,
  h("div", { class: "blocks" }, h("div", {}, alertBlock, block("agents", W.agents, people)), h("div", {}, block("incidents", W.incidents, incidents, opens), block("health", W.health, health), block("texts", W.files_in_force, files))));
let timer = 0, sign = "", shown = false;

/** Begins to look, or stops. */
export function showLive(is) {
  clearInterval(timer);
  if (!is) return;
  opens.hidden = !state.me.may.supervise;
  look();
  timer = setInterval(look, EVERY);
  if (!shown) showFiles();
  shown = true;
}

async function look() {
  const said = await get("/desk/api/live").catch(() => null);
  if (!said || JSON.stringify(said) === sign) return;
  sign = JSON.stringify(said);
  fill(figures, Object.entries(W.live_parts).map(([name, words]) => h("div", { class: `figure ${name === "breaches" && said.breaches > 0 ? "bad" : ""}` }, h("span", { class: "what", text: words }), h("span", { class: "value", text: figureOf(name, said[name]) }))));
  fill(people, table(said.agents ?? []), said.by_team?.length > 0 && h("p", { class: "soft", text: said.by_team.map((one) => `${plain(one.name)}: ${one.waiting}`).join(" · ") }));
  fill(alerts, said.alerts?.length > 0 && alertRows(said.alerts));
  alertBlock.hidden = !said.alerts?.length;
  fill(health, h("ul", { class: "plain" }, Object.entries(said.health?.parts ?? said.health ?? {}).filter(([, one]) => typeof one === "boolean").map(([name, isReady]) => h("li", { class: isReady ? "part-ready" : "part-down" }, icon(isReady ? "check" : "warn", 14), h("span", { text: plain(name) }), h("span", { class: "soft", text: isReady ? W.ready : W.not_ready })))));
  fill(incidents, incidentRows(said.incidents ?? []));
}

/** Seconds or an instant as a length of time, counts as they are. */
function figureOf(name, value) {
  if (value === null || value === undefined) return W.no_figure;
  if (Array.isArray(value)) return String(value.length);
  if (name === "waiting" || name === "breaches") return String(value);
  return span(typeof value === "string" ? now() - Date.parse(value) : value * 1000);
}

function table(found) {
  return h("table", {}, h("thead", {}, h("tr", {}, W.agent_columns.map((name) => (name ? h("th", { scope: "col", text: name }) : h("td", {}))))), h("tbody", {}, found.map((one) => h("tr", {}, h("th", { scope: "row", text: one.name }), h("td", { text: W.roles[one.role] ?? plain(one.role) }),
    h("td", {}, h("span", { class: `presence ${one.away ? "away" : one.state}`, "aria-hidden": "true" }), named(W.agent_states, one.away ? "away" : one.state)), h("td", { text: W.chats_of(Array.isArray(one.chats) ? one.chats.length : one.chats, one.capacity) }), h("td", { text: one.seen_at ? when(one.seen_at) : W.no_figure }),
    h("td", {}, state.me.may.supervise && one.name !== state.me.name && button("link", W.leave, () => leave(one.name), { "data-focus": `leave-${one.name}`, "aria-label": W.leave_title(one.name) }))))));
}

async function leave(name) {
  const all = (await everybody()).filter(([other]) => other !== name);
  ask({ title: W.leave_title(name), confirm: W.leave, fields: [{ name: "to", label: W.leave_to, type: "select", options: all, value: all[0]?.[0] }], act: async ({ to }) => {
    const said = await post(`/desk/api/agents/${encodeURIComponent(name)}/leave`, { to });
    say(W.left_to(Object.values(said).filter((one) => typeof one === "number").reduce((sum, one) => sum + one, 0)));
    look();
  } });
}

function incidentRows(found) {
  if (!found.length) return h("p", { class: "soft", text: W.no_incidents });
  return h("ul", { class: "plain" }, found.map((one) => h("li", { class: "incident-row" }, h("p", {}, h("b", { text: one.title }), h("span", { class: "soft", text: ` ${one.code}` })),
    h("p", { text: [one.explanation, one.action].filter(Boolean).join(" ") }),
    h("p", { class: "soft", text: [one.next_update_at && W.next_update(when(one.next_update_at)), one.published ? W.incident_is_public : W.incident_is_not_public].filter(Boolean).join(" · ") }),
    state.me.may.supervise && h("p", { class: "row-deeds" }, button("quiet small", W.incident_news, () => news(one), { "data-focus": `news-${one.code}` }), button("quiet small", one.published ? W.incident_unpublish : W.incident_publish, () => publish(one), { "data-focus": `publish-${one.code}` }),
      button("quiet small", W.incident_close, () => closeIncident(one), { "data-focus": `close-${one.code}` })))));
}

const anHourOn = () => localTime(new Date(now() + 3_600_000));
const nextNews = () => ({ name: "next_update_at", label: W.incident_next, type: "datetime-local", value: anHourOn() });
const at = (code, deed) => `/desk/api/incidents/${encodeURIComponent(code)}/${deed}`;

function onIncidents(path, given, shape) {
  ask({ ...given, act: async (values) => {
    const said = await post(path, shape(values));
    say(said.told ? W.told(said.told) : W.done);
    look();
  } });
}

const openIncident = () => onIncidents("/desk/api/incidents", { title: W.incident_open, confirm: W.incident_open, fields: [
  { name: "code", label: W.incident_code, required: true }, { name: "title", label: W.incident_title, required: true }, { name: "issue", label: W.incident_issue, type: "select", options: Object.entries(W.issues), value: "late_delivery" },
  { name: "fault", label: W.fault, type: "select", options: Object.entries(W.faults).filter(([key]) => INCIDENT_FAULTS.has(key)), value: "ours" },
  { name: "explanation", label: W.incident_explanation, type: "textarea", required: true }, { name: "action", label: W.incident_action, type: "textarea", required: true }, nextNews(),
] }, ({ issue, next_update_at: next, ...values }) => ({ ...values, issue_types: [issue], next_update_at: instant(next) }));
const news = (one) => onIncidents(at(one.code, "news"), { title: `${W.incident_news}: ${one.title}`, confirm: W.incident_news, fields: [
  { name: "explanation", label: W.incident_explanation, type: "textarea", value: one.explanation }, { name: "action", label: W.incident_action, type: "textarea", value: one.action }, nextNews(),
] }, (values) => ({ explanation: changed(values.explanation, one.explanation), action: changed(values.action, one.action), next_update_at: instant(values.next_update_at) }));
const closeIncident = (one) => onIncidents(at(one.code, "close"), { title: `${W.incident_close}: ${one.title}`, confirm: W.incident_close, fields: [{ name: "words", label: W.incident_close_text, type: "textarea", required: true }] }, (values) => values);
const changed = (text, before) => (text && text !== before ? text : null);

async function publish(one) {
  if ((await tried(() => post(at(one.code, "publish"), { published: !one.published }))) !== undefined) look();
}

async function showFiles() {
  const [policy, wording, hours] = await Promise.all(["policy", "wording", "hours"].map((name) => get(`/desk/api/${name}`).catch(() => null)));
  fill(files, h("p", { class: "soft", text: W.read_only }), policy && fold(W.policy, policy.version, policyOf(policy)), wording && fold(W.wording, wording.version, wordingOf(wording)), hours && fold(W.hours_of, "", hoursOf(hours)));
}

const fold = (title, version, inside) => h("details", {}, h("summary", {}, h("span", { text: title }), version && h("span", { class: "soft", text: version })), inside);
const text = (name, said) => h("pre", { tabindex: 0, role: "region", "aria-label": name, text: said });

function policyOf(said) {
  return [
    said.versions.length > 0 && [h("h3", { text: W.versions }), h("ul", { class: "plain" }, said.versions.map((one) => h("li", { text: [one.version, one.in_force && W.is_in_force, W.version_since(when(one.first_at)), one.decisions !== undefined && W.decisions(one.decisions)].filter(Boolean).join(", ") })))],
    said.files.map((one) => [h("h3", { text: one.name }), text(one.name, one.text)]),
  ];
}

/** Every response, found by a part of its name or its words. */
function wordingOf(said) {
  const list = h("dl", { class: "responses" }), find = field({ name: "find", label: W.find_wording });
  const show = () => {
    const part = find.read().toLowerCase();
    const found = said.responses.filter((one) => `${one.name} ${one.texts.join(" ")}`.toLowerCase().includes(part)).slice(0, MOST_RESPONSES);
    fill(list, found.map((one) => [h("dt", { text: one.name }), one.texts.map((words) => h("dd", { text: words }))]));
  };
  find.input.addEventListener("input", show);
  show();
  return [find.whole, h("div", { class: "scrolls", tabindex: 0, role: "region", "aria-label": W.wording }, list)];
}

function hoursOf(said) {
  return [
    h("p", { class: "soft", text: [said.zone, said.open_now ? W.open_until(when(said.closes_at)) : W.opens_at(when(said.opens_at))].join(", ") }),
    h("dl", { class: "week" }, said.week.map((one) => [h("dt", { text: plain(one.day) }), h("dd", { text: one.spans.map((span_) => span_.join(" – ")).join(", ") || W.closed })])),
    said.holidays.length > 0 && [h("h3", { text: W.holidays }), h("p", { text: said.holidays.join(", ") })],
    h("h3", { text: W.owners }), h("dl", { class: "week" }, said.owners.map((one) => [h("dt", { text: plain(one.team) }), h("dd", { text: one.owner ?? W.none })])),
  ];
}

on("alert-seen", () => { if (state.view === "live") look(); });
