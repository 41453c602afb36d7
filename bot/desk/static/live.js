// The supervisor's view: who waits, who works, what is on fire, and what is in force.
import { get, post } from "./api.js";
import { ask, instant, localTime } from "./dialogs.js";
import { button, fill, h } from "./dom.js";
import { everybody } from "./deeds.js";
import { named, plain, span, when } from "./format.js";
import { icon } from "./icons.js";
import { say } from "./saying.js";
import { now, state } from "./state.js";
import { W } from "./words.js";

const EVERY = 2000; // ms
const figures = h("div", { class: "figures" }), people = h("div", { class: "people" }), health = h("div", { class: "health" }), incidents = h("div", { class: "incidents" }), files = h("div", { class: "in-force" });
const block = (id, title, contents, deed) => h("section", { class: `block ${id}`, "aria-labelledby": `live-${id}` }, h("header", {}, h("h2", { id: `live-${id}`, text: title }), deed), contents);
const opens = button("quiet small", W.incident_open, () => openIncident());
export const live = h("section", { class: "view live", "aria-labelledby": "live-title", hidden: true }, h("h1", { id: "live-title", tabindex: -1, text: W.live }), figures,
  h("div", { class: "blocks" }, block("agents", W.agents, people), block("incidents", W.incidents, incidents, opens), block("health", W.health, health), block("files", W.files_in_force, files)));
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
  fill(people, table(said.agents ?? []));
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
    say(W.left_to(said.moved ?? said.count ?? W.done));
    look();
  } });
}

function incidentRows(found) {
  const isOpen = found.filter((one) => !one.closed_at && !one.ended_at && !one.suggested);
  if (!isOpen.length) return h("p", { class: "soft", text: W.no_incidents });
  return h("ul", { class: "plain" }, isOpen.map((one) => h("li", { class: "incident-row" }, h("p", {}, h("b", { text: one.title }), h("span", { class: "soft", text: ` ${one.code}` })), one.explanation && h("p", { text: one.explanation }),
    h("p", { class: "soft", text: [one.next_update_at && W.next_update(when(one.next_update_at)), one.touched !== undefined && `${one.touched}`].filter(Boolean).join(" · ") }),
    state.me.may.supervise && h("p", { class: "row-deeds" }, button("quiet small", W.incident_publish, () => news(one), { "data-focus": `news-${one.code}` }), button("quiet small", W.incident_close, () => closeIncident(one), { "data-focus": `close-${one.code}` })))));
}

const anHourOn = () => localTime(new Date(now() + 3_600_000));
const onIncidents = (path, given, shape = (values) => values) => ask({ ...given, act: async (values) => {
  await post(`/desk/api/incidents${path}`, shape(values));
  say(W.done);
  look();
} });
const openIncident = () => onIncidents("", { title: W.incident_open, confirm: W.incident_open, fields: [
  { name: "code", label: W.incident_code, required: true }, { name: "title", label: W.incident_title, required: true }, { name: "explanation", label: W.incident_explanation, type: "textarea", required: true },
  { name: "issue", label: W.incident_issue, type: "select", options: Object.entries(W.issues), value: "late_delivery" }, { name: "next_update_at", label: W.incident_next, type: "datetime-local", value: anHourOn() },
] }, (values) => ({ ...values, next_update_at: instant(values.next_update_at) }));
const news = (one) => onIncidents(`/${encodeURIComponent(one.code)}/publish`, { title: W.incident_publish, confirm: W.incident_publish, fields: [{ name: "text", label: W.incident_text, type: "textarea", required: true }, { name: "next_update_at", label: W.incident_next, type: "datetime-local", value: anHourOn() }] }, (values) => ({ ...values, next_update_at: instant(values.next_update_at) }));
const closeIncident = (one) => onIncidents(`/${encodeURIComponent(one.code)}/close`, { title: `${W.incident_close}: ${one.title}`, confirm: W.incident_close, fields: [{ name: "text", label: W.incident_close_text, type: "textarea" }] });

async function showFiles() {
  const found = await Promise.all([["policy", W.policy], ["wording", W.wording], ["hours", W.hours_of]].map(async ([name, title]) => [title, await get(`/desk/api/${name}`).catch(() => null)]));
  fill(files, h("p", { class: "soft", text: W.read_only }), found.filter(([, said]) => said).map(([title, said]) => h("details", {}, h("summary", { text: title }), contents(said))));
}

/** Files as text, versions as a list, whatever else as lines. */
function contents(said) {
  const texts = said.files ?? (said.text ? { "": said.text } : null);
  const list = Array.isArray(texts) ? texts.map((one) => [one.name, one.text]) : Object.entries(texts ?? {});
  return [
    (said.versions ?? said.history ?? []).length > 0 && [h("h3", { text: W.versions }), h("ul", { class: "plain" }, (said.versions ?? said.history).map((one) => h("li", { text: typeof one === "string" ? one : W.version_of(one.version ?? one.id, when(one.at ?? one.applied_at)) })))],
    list.map(([name, text]) => [name && h("h3", { text: name }), h("pre", { tabindex: 0, "aria-label": name || null, role: "region" }, typeof text === "string" ? text : JSON.stringify(text, null, 2))]),
    !list.length && h("pre", { tabindex: 0, text: JSON.stringify(said, null, 2) }),
  ].flat(3).filter(Boolean);
}
