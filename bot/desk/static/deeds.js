// Everything that can be done, each once: keys, buttons and the palette all lead here.
import { caseAt, chatAt, get, post, remedyAt } from "./api.js";
import { ask, instant, localTime } from "./dialogs.js";
import { h, newKey } from "./dom.js";
import { named, plain, when } from "./format.js";
import { EDITABLE, fieldOf } from "./facts.js";
import { giveBack, startCanned, write } from "./composer.js";
import { after } from "./queue.js";
import { grantRemedy } from "./remedies.js";
import { say, tried } from "./saying.js";
import { isMine, row, state, tell } from "./state.js";
import { refresh } from "./thread.js";
import { W } from "./words.js";

const chat = () => (state.chat?.ref === state.open ? state.chat : null);
const about = () => (state.case?.ref === state.open ? state.case : null);
const versionOf = (ref) => (chat()?.ref === ref ? chat().version : row(ref)?.version);
const options = (table) => Object.entries(table);

/** Does something to a chat, says so, and fetches it again, whether it worked or not: who has it now is seen. */
async function done(act, words) {
  const said = await tried(act);
  if (said !== undefined && words) say(typeof words === "function" ? words(said) : words);
  await refresh();
  return said;
}

export async function take(ref = state.open) {
  const said = await done(() => post(chatAt(ref, "take"), { version: versionOf(ref) }), W.taken);
  if (said === undefined) return;
  if (ref !== state.open) tell("go", ref);
  else write("reply");
}

export const decline = (ref = state.open) => done(() => post(chatAt(ref, "decline")), W.declined);
export const reply = () => write("reply");
export const note = () => write("note");
export const ready = () => startCanned();

export async function undo(id) {
  const held = id ?? chat()?.held.at(-1)?.id;
  if (!held) return say(W.nothing_to_undo);
  const ref = state.open;
  const said = await done(() => post(`/desk/api/held/${encodeURIComponent(held)}/undo`), W.undone);
  if (said) giveBack(said.text, ref);
}

/** Asked once more: one key does it, and the customer reads it. */
export function resolve() {
  const ref = state.open;
  ask({ title: W.resolve_title, intro: W.resolve_intro, confirm: W.resolve, act: async () => {
    await post(chatAt(ref, "resolve"), { version: versionOf(ref) });
    say(W.resolved(ref));
    refresh();
    tell("resolved", ref);
  } });
}

export function handBack() {
  ask({ title: W.hand_back_title, confirm: W.hand_back, fields: [{ name: "note", label: W.hand_back_note, type: "textarea" }],
    act: async ({ note: words }) => {
      await post(chatAt(state.open, "hand-back"), { note: words, version: versionOf(state.open) });
      say(W.handed_back);
      refresh();
    } });
}

export function snooze() {
  const at = (days, hour) => {
    const then = new Date();
    then.setDate(then.getDate() + days);
    then.setHours(hour, 0, 0, 0);
    return then;
  };
  const monday = (8 - new Date().getDay()) % 7 || 7;
  const until = { 60: () => new Date(Date.now() + 3_600_000), 180: () => new Date(Date.now() + 3 * 3_600_000), tomorrow: () => at(1, 9), monday: () => at(monday, 9), none: () => null };
  ask({ title: W.snooze_title, confirm: W.snooze, fields: [{ name: "for", label: W.snooze_title, type: "select", options: ["60", "180", "tomorrow", "monday", "none"].map((key) => [key, W.snooze_for[key]]), value: "60" }],
    act: async (given) => {
      const then = until[given.for]();
      await post(chatAt(state.open, "snooze"), { until: then?.toISOString() ?? null });
      say(then ? W.snoozed(when(then.toISOString())) : W.unsnoozed);
      refresh();
    } });
}

/** The people and teams a chat may be passed on to. */
export async function everybody() {
  const { people } = await get("/desk/api/people").catch(() => ({ people: [{ name: state.me.name }] }));
  return people.map((one) => [one.name, one.away || one.state === "away" ? `${one.name} (${W.away.toLowerCase()})` : one.name]);
}

export async function assign() {
  const people = await everybody();
  ask({ title: W.assign_title, confirm: W.assign, fields: [{ name: "to", label: W.assign_to, type: "select", options: [...people, ["", W.to_waiting]], value: people.find(([name]) => name !== state.me.name)?.[0] ?? state.me.name }],
    act: async ({ to }) => {
      await post(chatAt(state.open, "assign"), { to: to || null, version: versionOf(state.open) });
      say(to ? W.assigned(to) : W.put_back);
      refresh();
    } });
}

/** Asks for something of the case and posts it; `shape(values)` is the body. */
function onCase(path, given, shape = (values) => values, words = W.changed) {
  ask({ ...given, act: async (values) => {
    const said = await post(caseAt(state.open, path), shape(values));
    say(typeof words === "function" ? words(said) : words);
    refresh();
  } });
}

export const priority = () => onCase("priority", { title: W.priority_title, confirm: W.save, fields: [{ name: "priority", label: W.priority, type: "select", options: options(W.priorities), value: about()?.priority }] });

export function tag() {
  const before = about()?.tags ?? [];
  onCase("tags", { title: W.tag_title, confirm: W.save, fields: [{ name: "tags", label: W.tag, hint: W.tag_hint, value: before.join(", ") }] }, ({ tags }) => {
    const wanted = [...new Set(tags.split(",").map((one) => one.trim().replace(/^#/, "")).filter(Boolean))];
    return { add: wanted.filter((one) => !before.includes(one)), remove: before.filter((one) => !wanted.includes(one)) };
  });
}

export function fact(known) {
  if (known) return editFact(known.name, known.value);
  const names = [...EDITABLE].filter((one) => !["items", "quantity"].includes(one) || about()?.order).map((one) => [one, W.fact_names[one]]);
  return ask({ title: W.add_fact, confirm: W.go_on, fields: [{ name: "name", label: W.fact_name, type: "select", options: names, value: "order_number" }],
    act: async ({ name }) => { setTimeout(() => editFact(name, (about()?.facts ?? []).find((one) => one.name === name)?.value), 0); } });
}

const editFact = (name, value) => onCase("facts", { title: W.edit_title(W.fact_names[name].toLowerCase()), intro: W.fact_empty, confirm: W.save, fields: [fieldOf(name, value, about())] },
  (given) => ({ name, value: [given.value].flat().join(","), version: about()?.version }));

export const promiseEnd = (one, state) => done(() => post(caseAt(about().ref, "promise/end"), { id: one.id, state }), W.changed);

export function claim(one, verdict) {
  const total = one.total.length === 1 ? one.total[0].split(" ") : ["", ""];
  ask({ title: `${verdict === "accept" ? W.claim_accept : W.refuse}: ${one.ref}`, confirm: verdict === "accept" ? W.claim_accept : W.refuse, danger: verdict === "refuse",
    fields: [...(verdict === "accept" && total[0] ? [{ name: "amount", label: `${W.remedy_amount} (${total[1]})`, value: total[0], attributes: { inputmode: "decimal" } }] : []), { name: "reason", label: W.reason, required: verdict === "refuse" }],
    act: async (values) => {
      const isPart = values.amount && values.amount !== total[0];
      const said = await post(`/desk/api/claims/${encodeURIComponent(one.ref)}/${verdict}`, { reason: values.reason, ...(isPart ? { amount: values.amount, currency: total[1] } : {}) });
      say([W.done, ...(said.warnings ?? [])].join(" "));
      refresh();
    } });
}

export const call = (one, how) => done(() => post(`/desk/api/callbacks/${encodeURIComponent(one.remedy)}/${how}`), W.changed);

export const promise = () => onCase("promise", { title: W.promise_title, confirm: W.add_promise, fields: [
  { name: "what", label: W.promise_what, required: true }, { name: "due_at", label: W.promise_due, type: "datetime-local", required: true, value: localTime(new Date(Math.ceil((Date.now() + 3_600_000) / 1_800_000) * 1_800_000)) },
] }, (values) => ({ what: values.what, due_at: instant(values.due_at) }), W.promised);

export const merge = () => onCase("merge", { title: W.merge_title, intro: W.merge_warn, confirm: W.merge, fields: [{ name: "into", label: W.merge_into, required: true, value: (about()?.earlier ?? []).find((one) => one.status !== "closed")?.ref ?? "" }] }, (values) => values, W.merged);

export function split() {
  const theirs = (chat()?.messages ?? []).filter((one) => one.author === "customer");
  ask({ title: W.split_title, confirm: W.split, fields: [
    { name: "messages", label: W.split_messages, type: "checks", options: theirs.map((one) => [one.id, one.text.slice(0, 140) || when(one.at)]) },
    { name: "issue", label: W.split_issue, type: "select", options: options(W.issues), value: "other_complaint" },
  ], act: async (values) => {
    const said = await post(caseAt(state.open, "split"), values);
    say(W.splitted(said.ref ?? said.reference ?? ""));
    refresh();
  } });
}

export const whisper = () => ask({ title: W.whisper_title, confirm: W.whisper, fields: [{ name: "text", label: W.whisper_text, type: "textarea", required: true }], act: async (values) => {
  await post(chatAt(state.open, "whisper"), { ...values, key: newKey() });
  say(W.note_kept);
  refresh();
} });

/** Marks what the assistant took wrongly, at once; what was meant may be said afterwards. */
export async function mark(id) {
  const theirs = (chat()?.messages ?? []).filter((one) => one.author === "customer");
  const message = id ?? theirs.filter((one) => one.heard?.intent).at(-1)?.id ?? theirs.at(-1)?.id;
  if (!message) return say(W.label_nothing);
  await done(() => post(chatAt(state.open, "label"), { message, what: "" }), W.label_done);
}

export function label(id) {
  const theirs = (chat()?.messages ?? []).filter((one) => one.author === "customer");
  const message = id ?? theirs.at(-1)?.id;
  if (!message) return say(W.label_nothing);
  const said = theirs.find((one) => one.id === message);
  ask({ title: W.label_title, confirm: W.save, fields: [
    { name: "message", label: W.label_message, type: "select", options: theirs.map((one) => [one.id, one.text.slice(0, 90) || when(one.at)]), value: message },
    { name: "intent", label: W.label_intent, type: "select", options: [...options(W.issues), ["", W.label_none]], value: said?.heard?.intent in W.issues ? said.heard.intent : "" }, { name: "what", label: W.label_what },
  ], act: async (values) => {
    await post(chatAt(state.open, "label"), { ...values, intent: values.intent || null });
    say(W.label_done);
    refresh();
  } });
}

export const remedy = (way) => grantRemedy(way);
const waitsHere = (right) => (about()?.remedies ?? []).find((one) => one[right]);

/** Agrees to a remedy, bound to exactly what was seen (its digest); or refuses it, with a reason. */
export function approve(given) {
  const one = given ?? waitsHere("may_approve");
  if (!one) return say(W.nothing_to_approve);
  ask({ title: W.approve_title(whatOf(one)), confirm: W.approve, more: [summaryOf(one)], fields: [{ name: "reason", label: W.reason }],
    act: async ({ reason }) => settled(one, "approve", { digest: one.digest, reason }, W.approved) });
}

export function refuse(given) {
  const one = given ?? waitsHere("may_refuse");
  if (!one) return say(W.nothing_to_approve);
  ask({ title: W.refuse_title(whatOf(one)), confirm: W.refuse, danger: true, more: [summaryOf(one)], fields: [{ name: "reason", label: W.reason_read, required: true }],
    act: async ({ reason }) => settled(one, "refuse", { reason }, W.refused_done) });
}

export const undoRemedy = (one) => ask({ title: W.undo_title(whatOf(one)), confirm: W.undo_remedy, danger: true, fields: [{ name: "reason", label: W.reason, required: true }], act: (values) => settled(one, "undo", values, W.done) });
export const settle = (one) => ask({ title: W.settle_title(whatOf(one)), confirm: W.settle, fields: [{ name: "note", label: W.settle_note, required: true }], act: (values) => settled(one, "settle", values, W.done) });
export const redrive = (one) => tried(() => settled(one, "redrive", {}, W.done));

async function settled(one, deed, body, words) {
  await post(remedyAt(one.ref ?? one.remedy, deed), body);
  say(words);
  tell("remedies");
  refresh();
}

const whatOf = (one) => [plain(one.what || named(W.kinds, one.kind)), one.amount && !String(one.what).includes(one.amount) && one.amount].filter(Boolean).join(", ");
const summaryOf = (one) => h("p", { class: "intro", text: [one.asked_by ?? one.granted_by ? W.granted_by(one.asked_by ?? one.granted_by) : "", one.reasons ? plain([one.reasons].flat().join("; ")) : "", one.lacking > 0 ? W.lacking(one.lacking) : ""].filter(Boolean).join(" · ") });

/** Where "resolve and next" goes. */
export function next(ref) {
  const then = after(ref);
  tell("go", then);
}

export const isChatOpen = () => Boolean(chat());
export const isTakeable = () => Boolean(chat()) && !isMine(chat());
