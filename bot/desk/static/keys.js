// The keys. Single ones never act while a field has the focus or a dialog is open, and can be turned off for the account.
import { get } from "./api.js";
import * as deeds from "./deeds.js";
import { choose, open } from "./dialogs.js";
import { h } from "./dom.js";
import { erase } from "./erasing.js";
import { named } from "./format.js";
import { finishRecord } from "./learning.js";
import { move, pointed, show } from "./queue.js";
import { isOffered, on, row, rowsOf, state, tell } from "./state.js";
import { W } from "./words.js";

const WAIT = 1500; // ms for the second key after g
const hasChat = () => Boolean(state.open) && state.view === "chats";
const mayAct = () => hasChat() && state.me.may.act;
const inApprovals = () => state.view === "approvals";
const target = () => pointed() ?? state.open;

/** {id, keys, group, when, run}. What is done to a chat is done to the row that has the focus, else to the open one. */
const LIST = [
  { id: "next", keys: "j", group: "move", when: () => true, run: () => (inApprovals() ? tell("approvals-move", 1) : move(1)) },
  { id: "previous", keys: "k", group: "move", when: () => true, run: () => (inApprovals() ? tell("approvals-move", -1) : move(-1)) },
  { id: "open", keys: "Enter", group: "move", when: () => false },
  { id: "panes", keys: "F6", group: "move", when: () => true, run: () => tell("next-pane") },
  { id: "leave_field", keys: "Esc", group: "move", when: () => false },
  { id: "reply", keys: "r", group: "answer", when: mayAct, run: deeds.reply },
  { id: "note", keys: "n", group: "answer", when: mayAct, run: deeds.note },
  { id: "canned", keys: "/", group: "answer", when: mayAct, run: deeds.ready },
  { id: "send", keys: "Ctrl+Enter", group: "answer", when: () => false },
  { id: "send_resolve", keys: "Ctrl+Shift+Enter", group: "answer", when: () => false },
  { id: "undo", keys: "u", group: "answer", when: mayAct, run: () => deeds.undo() },
  { id: "take", keys: "t", group: "chat", when: () => state.me.may.act && Boolean(target()), run: () => deeds.take(target()) },
  { id: "decline", keys: "d", group: "chat", when: () => Boolean(row(target())) && isOffered(row(target())), run: () => deeds.decline(target()) },
  { id: "hand_back", keys: "b", group: "chat", when: mayAct, run: deeds.handBack },
  { id: "resolve", keys: "e", group: "chat", when: mayAct, run: deeds.resolve },
  { id: "snooze", keys: "z", group: "chat", when: mayAct, run: deeds.snooze },
  { id: "assign", keys: "a", group: "chat", when: mayAct, run: deeds.assign },
  { id: "label", keys: "w", group: "chat", when: mayAct, run: () => deeds.mark() },
  { id: "label_what", group: "chat", when: mayAct, run: () => deeds.label() },
  { id: "whisper", group: "chat", when: () => hasChat() && state.me.may.supervise, run: deeds.whisper },
  { id: "remedy", keys: "m", group: "case", when: mayAct, run: () => deeds.remedy() },
  { id: "approve", keys: "y", group: "case", when: () => state.me.may.act && (hasChat() || inApprovals()), run: () => (inApprovals() ? tell("approvals-deed", "approve") : deeds.approve()) },
  { id: "refuse", keys: "x", group: "case", when: () => state.me.may.act && (hasChat() || inApprovals()), run: () => (inApprovals() ? tell("approvals-deed", "refuse") : deeds.refuse()) },
  { id: "priority", keys: "p", group: "case", when: mayAct, run: deeds.priority },
  { id: "tag", keys: "#", group: "case", when: mayAct, run: deeds.tag },
  { id: "promise", group: "case", when: mayAct, run: deeds.promise },
  { id: "fact", group: "case", when: mayAct, run: () => deeds.fact() },
  { id: "learn", keys: "l", group: "case", when: mayAct, run: () => finishRecord() },
  { id: "merge", group: "case", when: mayAct, run: deeds.merge },
  { id: "split", group: "case", when: mayAct, run: deeds.split },
  { id: "erase", group: "case", when: () => hasChat() && state.me.may.supervise, run: erase },
  { id: "go_queue", keys: "g q", group: "go", when: () => true, run: () => go("chats", () => move(0)) },
  { id: "go_approvals", keys: "g a", group: "go", when: () => true, run: () => go("approvals") },
  { id: "go_learning", keys: "g i", group: "go", when: () => true, run: () => go("learning") },
  { id: "go_live", keys: "g l", group: "go", when: () => maySupervise(), run: () => go("live") },
  { id: "go_review", keys: "g r", group: "go", when: () => maySupervise(), run: () => go("review") },
  { id: "review_pick", keys: "1-9", group: "page", when: () => false },
  { id: "review_drop", keys: "x", group: "page", when: () => false },
  { id: "review_find", keys: "/", group: "page", when: () => false },
  { id: "go_case", keys: "g c", group: "go", when: hasChat, run: () => tell("pane", "case") },
  { id: "go_waiting", keys: "g w", group: "go", when: () => true, run: () => go("chats", () => tab("waiting")) },
  { id: "go_mine", keys: "g m", group: "go", when: () => true, run: () => go("chats", () => tab("mine")) },
  { id: "go_all", keys: "g e", group: "go", when: () => true, run: () => go("chats", () => tab("all")) },
  { id: "alerts", keys: "g n", group: "go", when: () => true, run: () => tell("alerts-list") },
  { id: "palette", keys: "Ctrl+K", group: "page", when: () => false },
  { id: "sheet", keys: "?", group: "page", when: () => true, run: () => sheet() },
  { id: "settings", group: "page", when: () => true, run: () => tell("settings") },
];
/** What the keys do among the records and improvements. */
const IN_LEARNING = { j: () => tell("learning-move", 1), k: () => tell("learning-move", -1), l: () => tell("learning-deed") };
/** What the keys do in the review, where there is no chat. */
const IN_REVIEW = { j: () => tell("review-move", 1), k: () => tell("review-move", -1), x: () => tell("review-drop"), "/": () => tell("review-search"),
  ...Object.fromEntries([...Array(9).keys()].map((place) => [String(place + 1), () => tell("review-pick", place + 1)])) };
const BY_KEY = new Map(LIST.filter((one) => one.keys && one.run).map((one) => [one.keys, one]));

export const maySupervise = () => state.me.may.supervise || state.me.role === "auditor";

function go(view, then) {
  tell("view", view);
  if (then) setTimeout(then, 0);
}

function tab(name) {
  show(name);
  move(0);
}

/** The sheet of all keys. */
export function sheet() {
  open(W.keys_title, () => [
    !state.me.shortcuts && h("p", { class: "problem", text: W.keys_off }),
    h("p", { class: "intro", text: W.keys_hint }),
    h("div", { class: "sheet", tabindex: 0, role: "region", "aria-label": W.keys_title }, Object.entries(W.groups).map(([group, name]) => h("section", {}, h("h3", { text: name }), h("dl", {}, LIST.filter((one) => one.group === group && one.keys).map((one) => [h("dt", {}, one.keys.split(" ").map((key) => h("kbd", { text: key }))), h("dd", { text: W.deeds[one.id] })]))))),
  ].filter(Boolean), "wide");
}

/** Everything, by typing: what can be done now, and every chat. */
export function palette() {
  choose(W.palette, W.palette_hint, (text) => {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (said) => words.every((one) => said.toLowerCase().includes(one));
    const begins = (said) => words.length > 0 && said.toLowerCase().split(/[^a-z]+/).some((one) => one.startsWith(words[0]));
    const able = LIST.filter((one) => one.run && one.when() && (words.length || one.group !== "move") && fits(W.deeds[one.id])).sort((a, b) => begins(W.deeds[b.id]) - begins(W.deeds[a.id])).map((one) => ({ label: W.deeds[one.id], hint: one.keys ?? "", act: () => setTimeout(one.run, 0) }));
    const rows = rowsOf("all").filter((one) => words.length && fits(`${one.ref} ${one.customer ?? ""} ${one.order ?? ""} ${(one.tags ?? []).join(" ")}`)).slice(0, 12);
    const chats = rows.map((one) => ({ ref: one.ref, label: one.customer ? `${one.customer} · ${one.ref}` : W.somebody(one.ref), hint: W.views.chats, act: () => tell("go", one.ref) }));
    const exact = /^[a-z]-[a-z0-9]{4,}$/i.test(text) && !rows.some((one) => one.ref === text.toUpperCase()) ? [{ ref: text.toUpperCase(), label: W.case_of(text.toUpperCase()), hint: W.views.chats, act: () => tell("go", text.toUpperCase()) }] : [];
    return [...able, ...chats, ...exact];
  }, async (text, shown) => {
    const found = text.length < 3 ? [] : (await get(`/desk/api/search?text=${encodeURIComponent(text)}`)).chats;
    const known = new Set(shown.map((one) => one.ref));
    return found.filter((one) => !known.has(one.ref) || one.status === "resolved").map((one) => ({ ref: one.ref, label: `${one.customer ? `${one.customer} · ${one.ref}` : W.somebody(one.ref)}, ${named(W.statuses, one.status)}`, hint: one.order ?? W.views.chats, act: () => tell("go", one.ref) }));
  });
}

let first = "", timer = 0;

function isField(target) {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button])"));
}

document.addEventListener("keydown", (event) => {
  if (!state.me || event.isComposing) return;
  const isOpen = Boolean(document.querySelector("dialog[open]"));
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    if (!isOpen) palette();
    return;
  }
  if (isOpen) return;
  if (event.key === "Escape" && isField(event.target)) {
    event.target.blur();
    const again = document.querySelector(".row.open .row-link");
    again?.focus({ preventScroll: true });
    return;
  }
  if (event.key === "F6") {
    event.preventDefault();
    return tell("next-pane");
  }
  if (!state.me.shortcuts || isField(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  const typed = first ? `${first} ${event.key}` : event.key;
  clearTimeout(timer);
  first = "";
  if (typed === "g") {
    first = "g";
    timer = setTimeout(() => { first = ""; }, WAIT);
    return;
  }
  const own = { review: IN_REVIEW, learning: IN_LEARNING }[state.view]?.[typed];
  if (own) {
    event.preventDefault();
    return own();
  }
  const found = BY_KEY.get(typed);
  if (!found?.when()) return;
  event.preventDefault();
  found.run();
});

on("palette", palette);
on("sheet", sheet);
