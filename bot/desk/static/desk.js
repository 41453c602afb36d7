// The desk: one page, three panes, and what comes down the stream is drawn where it changed.
import { chatAt, get, listen, post } from "./api.js";
import { bell, fetchAlerts } from "./alerts.js";
import { approvals, fetchApprovals } from "./approvals.js";
import { casePane, focusCase } from "./case_pane.js";
import { composer } from "./composer.js";
import * as deeds from "./deeds.js";
import { open } from "./dialogs.js";
import { button, fill, h } from "./dom.js";
import { erase } from "./erasing.js";
import { initials } from "./format.js";
import { icon } from "./icons.js";
import { maySupervise } from "./keys.js";
import { finishRecord, learning, showLearning } from "./learning.js";
import { live, showLive } from "./live.js";
import "./notify.js";
import { leaveUnsaid, postInPublic } from "./public.js";
import { move, queue } from "./queue.js";
import { review, showReview } from "./review.js";
import { lines, say } from "./saying.js";
import "./settings.js";
import { on, row, state, tell } from "./state.js";
import { focusThread, refresh, thread } from "./thread.js";
import { W } from "./words.js";

const LOOKING_EVERY = 15_000, APART = 10_000, BROKEN_AFTER = 1500; // ms
const nav = h("nav", { class: "views", "aria-label": W.main_views });
const lineState = h("p", { class: "line-state", role: "status", hidden: true });
const me = button("me", "", () => tell("settings"));
const chats = h("div", { class: "panes" }, h("h1", { class: "hidden", text: W.views.chats }), queue, thread, casePane);
thread.querySelector(".room").append(composer);

function header() {
  const search = button("search", "", () => tell("palette"), { "aria-label": W.search, "aria-keyshortcuts": "Control+K" });
  search.append(icon("search"), h("span", { text: W.search }), h("kbd", { text: W.search_hint }));
  return h("header", { class: "top" }, h("span", { class: "shop", text: state.me.shop }), nav, h("div", { class: "right" }, search, bell, button("icon-button help", "?", () => tell("sheet"), { "aria-label": W.help }), me));
}

function drawTop() {
  const views = ["chats", "approvals", "learning", ...(maySupervise() ? ["live", "review"] : [])];
  const count = { chats: 0, approvals: state.approvals.filter((one) => one.may).length };
  fill(nav, views.map((name) => h("a", { href: `#/${name}`, "aria-current": state.view === name ? "page" : null, "data-focus": name }, W.views[name], count[name] > 0 && h("span", { class: "count", text: String(count[name]) }))), maySupervise() && h("a", { href: "/desk/report" }, W.report));
  me.setAttribute("aria-label", W.you(state.me.name));
  fill(me, h("span", { class: state.me.away ? "presence away" : "presence", "aria-hidden": "true" }), h("span", { class: "name", text: state.me.name }), h("span", { class: "initials", "aria-hidden": "true", text: initials(state.me.name) }), state.me.away && h("span", { class: "soft", text: W.away }));
}

/** Where the address leads: #/chat/REF, #/chats, #/approvals, #/learning, #/live, #/review. */
function route() {
  const [, view = "chats", ref] = location.hash.split("/");
  if (document.querySelector("dialog[open]:not(.stays)")) document.querySelector("dialog[open]:not(.stays)").close();
  state.view = view === "chat" ? "chats" : ["approvals", "learning"].includes(view) || (["live", "review"].includes(view) && maySupervise()) ? view : "chats";
  chats.hidden = state.view !== "chats";
  approvals.hidden = state.view !== "approvals";
  live.hidden = state.view !== "live";
  if (state.view === "approvals") fetchApprovals();
  showLive(state.view === "live");
  learning.hidden = state.view !== "learning";
  showLearning(state.view === "learning");
  review.hidden = state.view !== "review";
  showReview(state.view === "review");
  if (view === "chat" && ref) openChat(decodeURIComponent(ref));
  else if (view === "chats" || view === "") pane("queue");
  if (state.view !== "chats") document.querySelector(".view:not([hidden]) h1").focus();
  drawTop();
}

function openChat(ref) {
  if (state.open !== ref) {
    state.open = ref;
    state.chat = state.case = null;
    tell("opened");
    refresh();
    looking();
  }
  pane("thread");
}

/** Which pane a narrow screen shows; on a wide one, which has the focus. */
function pane(name) {
  state.pane = name;
  chats.dataset.pane = name;
  if (name === "case") focusCase();
  if (name === "thread") focusThread();
}

function looking() {
  if (state.open && state.me.may.act && state.view === "chats" && document.visibilityState === "visible") post(chatAt(state.open, "looking")).catch(() => { /* said again soon */ });
}

function heard(name, data, isFirst) {
  if (name !== "board") return;
  state.skew = Date.parse(data.now) - Date.now();
  const before = row()?.mark;
  if (isFirst) state.rows.clear();
  for (const one of data.rows) state.rows.set(one.ref, one);
  for (const ref of data.gone ?? []) state.rows.delete(ref);
  state.loaded = true;
  tell("board");
  if (state.open && (row()?.mark !== before || isFirst)) refresh();
  const waiting = [...state.rows.values()].map((one) => `${one.ref}${one.approvals}`).join();
  if (waiting !== approvalsSeen) fetchApprovals();
  approvalsSeen = waiting;
}
let approvalsSeen = "";

function ended() {
  if (document.querySelector(".ended")) return;
  open(W.ended, () => h("div", { class: "ended" }, h("p", { text: W.ended_why }), h("p", { class: "dialog-deeds" }, h("a", { class: "strong", href: "/desk/sign-in", text: W.sign_in_again, "data-first": "" }))), "stays");
}

const DEEDS = {
  take: ({ ref }) => deeds.take(ref), decline: ({ ref }) => deeds.decline(ref), hand_back: () => deeds.handBack(), resolve: () => deeds.resolve(), snooze: () => deeds.snooze(), assign: () => deeds.assign(), more: () => tell("palette"),
  undo: ({ held }) => deeds.undo(held), label: ({ message }) => deeds.label(message), mark: ({ message }) => deeds.mark(message), remedy: ({ way }) => deeds.remedy(way), approve: ({ remedy }) => deeds.approve(remedy), refuse: ({ remedy }) => deeds.refuse(remedy),
  undo_remedy: ({ remedy }) => deeds.undoRemedy(remedy), settle: ({ remedy }) => deeds.settle(remedy), redrive: ({ remedy }) => deeds.redrive(remedy), fact: ({ fact }) => deeds.fact(fact), tag: () => deeds.tag(), priority: () => deeds.priority(),
  promise: () => deeds.promise(), promise_end: ({ promise, state: then }) => deeds.promiseEnd(promise, then), claim: ({ claim, verdict }) => deeds.claim(claim, verdict), call: ({ call, how }) => deeds.call(call, how), merge: () => deeds.merge(), learn: () => finishRecord(), split: () => deeds.split(), erase: () => erase(),
  public_post: ({ message }) => postInPublic(message), public_leave: ({ message }) => leaveUnsaid(message),
};

on("deed", (given) => DEEDS[given.id](given));
on("pane", pane);
on("view", (name) => { location.hash = `#/${name}`; });
on("go", (ref) => { location.hash = ref ? `#/chat/${encodeURIComponent(ref)}` : "#/chats"; });
on("resolved", (ref) => { if (ref === state.open) deeds.next(ref); });
on("approvals", drawTop);
on("me", drawTop);
on("chat", ({ problem } = {}) => { if (problem && problem.status !== 401) say(problem.message, true); });
on("signed-out", ended);
on("next-pane", () => {
  const order = [() => move(0), focusThread, focusCase];
  const at = [queue, thread, casePane].findIndex((one) => one.contains(document.activeElement));
  order[(at + 1) % order.length]();
});
let broken = 0;
on("line", ({ up }) => {
  clearTimeout(broken);
  if (up) {
    if (!lineState.hidden) say(W.line_back);
    lineState.hidden = true;
    return;
  }
  broken = setTimeout(() => {
    lineState.textContent = W.line_broken;
    lineState.hidden = false;
  }, BROKEN_AFTER);
});

async function start() {
  state.me = await get("/desk/api/me");
  const skip = button("skip", W.skip, focusThread);
  document.body.append(skip, header(), lineState, h("main", {}, chats, approvals, learning, live, review), ...lines);
  tell("me");
  addEventListener("hashchange", route);
  route();
  fetchApprovals();
  fetchAlerts();
  setInterval(looking, LOOKING_EVERY);
  setInterval(() => { if (state.open && !row()) refresh(); }, APART); // a chat that is not in the queue, such as an earlier one
  document.addEventListener("visibilitychange", looking);
  listen(heard);
}

start().catch((problem) => {
  if (problem.status !== 401) document.body.append(h("p", { class: "empty", role: "alert", text: problem.message }));
});
