// What is learned: the form of a record, and the list of what is still to be finished and done.
import { get, post } from "./api.js";
import { everybody } from "./deeds.js";
import { ask } from "./dialogs.js";
import { button, fill, h, reconcile } from "./dom.js";
import { named, onDay, when } from "./format.js";
import { say } from "./saying.js";
import { on, state } from "./state.js";
import { refresh } from "./thread.js";
import { W } from "./words.js";

const NEW = "new", WEEKS = 14; // days until an improvement is due, unless said otherwise
const tabs = Object.fromEntries(Object.entries(W.learning_tabs).map(([name, text]) => [name, button("tab", text, () => show(name), { "aria-pressed": "false" })]));
const records = h("ul", { class: "approval-rows", "aria-label": W.learning_records }), made = h("ul", { class: "approval-rows", "aria-label": W.improvements });
const noRecords = h("p", { class: "empty" }), noneMade = h("p", { class: "empty" });
const adds = button("quiet small", W.improvement_add, () => addImprovement(), { "data-focus": "add-improvement" });
export const learning = h("section", { class: "view approvals learning", "aria-labelledby": "learning-title", hidden: true },
  h("h1", { id: "learning-title", tabindex: -1, text: W.learning }), h("p", { class: "soft intro", text: W.learning_intro }),
  h("div", { class: "tabs", role: "group", "aria-label": W.learning }, Object.values(tabs)),
  h("section", { "aria-labelledby": "learning-records" }, h("h2", { id: "learning-records", text: W.learning_records }), records, noRecords),
  h("section", { "aria-labelledby": "learning-improvements" }, h("header", { class: "with-deed" }, h("h2", { id: "learning-improvements", text: W.improvements }), adds), made, noneMade));
let tab = "open", found = { records: [], improvements: [], counts: {} };

export function showLearning(is) { if (is) fetchLearning(); }

export async function fetchLearning() {
  const said = await get(`/desk/api/learning?tab=${tab}`).catch(() => null);
  if (!said) return;
  found = said;
  draw();
}

function show(name) {
  tab = name;
  fetchLearning();
}

function draw() {
  const { counts } = found, sum = { open: counts.records + counts.improvements, overdue: counts.records_overdue + counts.improvements_overdue };
  for (const [name, one] of Object.entries(tabs)) {
    one.setAttribute("aria-pressed", String(name === tab));
    fill(one, W.learning_tabs[name], sum[name] > 0 && h("span", { class: "count", text: String(sum[name]) }));
  }
  adds.hidden = !state.me.may.act;
  noRecords.textContent = W.no_records[tab];
  noneMade.textContent = W.no_improvements[tab];
  noRecords.hidden = found.records.length > 0;
  noneMade.hidden = found.improvements.length > 0;
  reconcile(records, found.records.map((one) => ({ key: one.case, sign: JSON.stringify(one), make: () => recordRow(one) })));
  reconcile(made, found.improvements.map((one) => ({ key: one.id, sign: JSON.stringify(one), make: () => improvementRow(one) })));
}

const about = (one) => [named(W.issues, one.issue) || W.learning_unknown, one.product].filter(Boolean).join(", ");

function recordRow(one) {
  return h("li", { class: "approval-row" },
    h("div", { class: "about" }, h("h3", { tabindex: -1, "data-focus": "row", text: about(one) }),
      h("p", {}, h("a", { href: `#/chat/${encodeURIComponent(one.case)}`, text: one.case, "data-focus": "case" }), one.customer_words && [" · ", h("q", { dir: "auto", text: one.customer_words })]), beneath(one), stands(one)),
    h("div", { class: "row-deeds" }, one.may_finish && button(one.finished_at ? "quiet" : "strong", one.finished_at ? W.learning_change : W.learning_finish, () => finishRecord(one.case), { "data-focus": "finish", "aria-label": `${one.finished_at ? W.learning_change : W.learning_finish}: ${one.case}`, title: "l" })));
}

/** What lies beneath, what is done about it, and whether it came back. */
function beneath(one) {
  return [
    (one.root_cause || one.cause) && h("p", { text: [named(W.root_causes, one.root_cause), one.cause].filter(Boolean).join(": ") }),
    one.improvement && h("p", { class: "soft", text: [`${one.improvement.title} (${one.improvement.id})`, one.again?.words].filter(Boolean).join(" · ") }),
  ];
}

function stands(one) {
  const text = one.finished_at ? W.learning_finished(one.finished_by, when(one.finished_at)) : one.overdue ? W.learning_overdue(onDay(one.due_at)) : W.learning_open(onDay(one.due_at), one.assignee);
  return h("p", { class: one.overdue ? "why-not" : "soft", text: [text, one.overdue && one.assignee, one.told_at ? W.learning_told(onDay(one.told_at)) : one.wants_to_know && W.learning_wants].filter(Boolean).join(" · ") });
}

/** The record in the case pane, beside the chat. */
export function recordOf(one) {
  const record = one.learning;
  if (!record) return null;
  const lines = [
    [W.failure_type, named(W.failure_types, record.failure_type)], [W.root_cause, named(W.root_causes, record.root_cause)], [W.cause, record.cause], [W.prevent, record.prevent],
    [W.skill, record.skill && [named(W.skills, record.skill), record.team && state.me.team_names?.[record.team]].filter(Boolean).join(", ")], [W.learning_words, record.customer_words],
    [W.improvement, record.improvement && h("span", {}, `${record.improvement.title} (${record.improvement.id})`, record.again && h("span", { class: "own-line soft", text: record.again.words }))],
  ].filter(([, value]) => value);
  return [h("dl", { class: "learned" }, lines.map(([label, value]) => [h("dt", { text: label }), h("dd", {}, h("span", { dir: "auto" }, value))])), stands(record)];
}

function improvementRow(one) {
  const watched = [one.issue && named(W.issues, one.issue), one.root_cause && named(W.root_causes, one.root_cause), one.sku].filter(Boolean).join(", ");
  const state_ = one.done_at ? W.improvement_done_by(one.done_by, onDay(one.done_at)) : one.overdue ? [W.learning_overdue(onDay(one.due_at)), one.assignee].join(" · ") : W.improvement_by(one.assignee, onDay(one.due_at));
  const deed = one.may_do && !one.what_changed && button(one.done_at ? "quiet" : "strong", one.done_at ? W.improvement_say : W.improvement_done, () => doneWith(one), { "data-focus": "done", "aria-label": `${one.done_at ? W.improvement_say : W.improvement_done}: ${one.title}` });
  return h("li", { class: "approval-row" },
    h("div", { class: "about" }, h("h3", { tabindex: -1, "data-focus": "row", text: one.title }),
      h("p", { text: [named(W.learning_actions, one.action), watched].filter(Boolean).join(" · ") }),
      one.what_changed && h("p", { text: W.what_changed_said(one.what_changed) }),
      one.cases.length > 0 && h("p", { class: "soft" }, W.improvement_cases(one.cases.length), ": ", one.cases.slice(-8).map((ref, place) => [place > 0 && ", ", h("a", { href: `#/chat/${encodeURIComponent(ref)}`, text: ref })])),
      h("p", { class: one.overdue ? "why-not" : "soft", text: [state_, one.again?.words, one.id].filter(Boolean).join(" · ") })),
    h("div", { class: "row-deeds" }, deed));
}

const pairs = (table, first) => [...(first === undefined ? [] : [["", first]]), ...Object.entries(table)];
const inDays = (n) => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10);

/** Asks what lies beneath it. All that is known is filled in; a new improvement asks for its own fields only once it is chosen. */
export async function finishRecord(ref = state.open) {
  const one = await get(`/desk/api/learning/${encodeURIComponent(ref)}`).catch((problem) => say(problem.status === 404 ? W.learning_no_record : problem.message, true));
  if (!one) return;
  const people = await everybody(), teams = Object.entries(state.me.team_names ?? {});
  const known = one.at_hand.map((found_) => [found_.id, `${found_.title} (${found_.id})`]);
  if (one.improvement && !known.some(([id]) => id === one.improvement.id)) known.push([one.improvement.id, `${one.improvement.title} (${one.improvement.id})`]);
  const dialog = ask({ title: W.learning_title(ref), intro: [about(one), one.customer_words && `“${one.customer_words}”`].filter(Boolean).join(": "), confirm: one.finished_at ? W.save : W.learning_finish, fields: [
    { name: "root_cause", label: W.root_cause, type: "select", options: pairs(W.root_causes, W.choose_one), value: one.root_cause ?? "", required: true },
    { name: "cause", label: W.cause, hint: W.cause_hint, value: one.cause ?? "", required: true },
    { name: "controllable", label: W.controllable, type: "select", options: pairs(W.controllables, W.choose_one), value: one.controllable === null ? "" : one.controllable ? "yes" : "no", required: true },
    { name: "action", label: W.learning_action, type: "select", options: pairs(W.learning_actions), value: one.action ?? "prevent" },
    { name: "prevent", label: W.prevent, value: one.prevent ?? "" },
    { name: "whys", label: W.whys, type: "textarea", value: one.whys.join("\n") },
    { name: "skill", label: W.skill, type: "select", options: pairs(W.skills, W.skill_none), value: one.skill ?? "" },
    { name: "team", label: W.learning_team, type: "select", options: [["", W.team_none], ...teams], value: one.team ?? "" },
    { name: "improvement", label: W.improvement, type: "select", options: [["", W.improvement_none], [NEW, W.improvement_new], ...known], value: one.improvement?.id ?? "" },
    { name: "title", label: W.improvement_title }, { name: "assignee", label: W.improvement_who, type: "select", options: people, value: state.me.name },
    { name: "due_on", label: W.improvement_due, type: "date", value: inDays(WEEKS) }, { name: "only_product", label: W.improvement_product, type: "checkbox", value: Boolean(one.sku) },
    ...(one.alike > 0 ? [{ name: "alike", label: W.learning_alike(one.alike), hint: W.learning_alike_hint, type: "checkbox" }] : []),
  ], act: async (values) => {
    const { title, assignee, due_on: due, only_product: only, improvement, whys, controllable, ...rest } = values;
    const next = improvement === NEW ? { title, assignee, due_on: due, only_product: only } : improvement ? { id: improvement } : null;
    const said = await post(`/desk/api/learning/${encodeURIComponent(ref)}/finish`, { ...rest, version: one.version, whys: whys.split("\n"), controllable: { yes: true, no: false }[controllable] ?? null, improvement: next });
    say(said.alike ? W.learning_done_alike(said.alike) : W.learning_done);
    refresh();
    if (state.view === "learning") fetchLearning();
  } });
  onlyWithNew(dialog, Boolean(one.sku));
}

function onlyWithNew(dialog, hasProduct) {
  const chosen = dialog.querySelector("[name=improvement]"), skill = dialog.querySelector("[name=skill]");
  const fields = (names) => names.map((name) => dialog.querySelector(`[name=${name}]`).closest(".field"));
  const settle = () => {
    for (const one of fields(["title", "assignee", "due_on"])) one.hidden = chosen.value !== NEW;
    fields(["only_product"])[0].hidden = chosen.value !== NEW || !hasProduct;
    fields(["team"])[0].hidden = !skill.value;
    dialog.querySelector("[name=title]").required = chosen.value === NEW;
  };
  chosen.addEventListener("change", () => {
    const title = dialog.querySelector("[name=title]");
    title.value ||= dialog.querySelector("[name=prevent]").value;
    settle();
  });
  skill.addEventListener("change", settle);
  settle();
}

async function addImprovement() {
  const people = await everybody();
  ask({ title: W.improvement_add, confirm: W.improvement_add, fields: [
    { name: "title", label: W.improvement_title, required: true }, { name: "action", label: W.learning_action, type: "select", options: pairs(W.learning_actions), value: "prevent" },
    { name: "issue", label: W.improvement_issue, type: "select", options: pairs(W.issues, W.improvement_any), value: "" }, { name: "root_cause", label: W.root_cause, type: "select", options: pairs(W.root_causes, W.improvement_any), value: "process" },
    { name: "assignee", label: W.improvement_who, type: "select", options: people, value: state.me.name }, { name: "due_on", label: W.improvement_due, type: "date", value: inDays(WEEKS), required: true },
  ], act: async (values) => {
    say(W.improvement_added((await post("/desk/api/improvements", values)).id));
    fetchLearning();
  } });
}

function doneWith(one) {
  ask({ title: W.improvement_done_title(one.title), confirm: one.done_at ? W.improvement_say : W.improvement_done, fields: [{ name: "what_changed", label: W.what_changed, type: "textarea", hint: W.what_changed_hint, required: Boolean(one.done_at) }],
    act: async ({ what_changed: words }) => {
      const said = await post(`/desk/api/improvements/${encodeURIComponent(one.id)}/done`, { what_changed: words, version: one.version });
      say(words ? W.tells(said.tells) : W.done_untold);
      fetchLearning();
    } });
}

function rows() { return [...learning.querySelectorAll(".approval-row")]; }
on("learning-move", (by) => {
  const all = rows(), at = all.findIndex((one) => one.contains(document.activeElement));
  all[Math.min(Math.max(at + by, 0), all.length - 1)]?.querySelector("h3").focus();
});
on("learning-deed", () => {
  const at = rows().find((one) => one.contains(document.activeElement)) ?? rows()[0];
  at?.querySelector(".row-deeds button")?.click();
});
