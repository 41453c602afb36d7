// The middle pane: what was said and done, in order. Who speaks is told by side, shape, label and colour.
import { caseAt, chatAt, get } from "./api.js";
import { cameTo } from "./channels.js";
import { button, h, reconcile } from "./dom.js";
import { initials, language, named, onDay, plain, span, when } from "./format.js";
import { icon } from "./icons.js";
import { readOut } from "./saying.js";
import { isMine, now, on, row, state, tell } from "./state.js";
import { W } from "./words.js";

const UNSAID = new Set(["case.opened"]); // seen by the first message
const NEAR = 80; // px from the end within which the thread follows what is new
const list = h("ol", { class: "entries" });
const log = h("div", { class: "log", role: "log", "aria-live": "off", tabindex: 0 }, list); // what is new is read out by the page's own line, once
const below = button("below strong small", W.new_below, () => toEnd(), { hidden: true });
const typing = h("p", { class: "typing", hidden: true });
const title = h("h2", { id: "thread-title", tabindex: -1 });
const under = h("p", { class: "under" });
const deeds = h("div", { class: "deeds", role: "group", "aria-label": W.deeds.palette });
const head = h("header", { class: "thread-head" },
  h("div", { class: "who" }, h("a", { class: "icon-button to-queue", href: "#/chats", "aria-label": W.to_queue }, icon("back", 20)), h("div", { class: "names" }, title, under),
    button("quiet small to-case", W.to_case, () => tell("pane", "case"), { "aria-label": W.case_button })), deeds);
const nothing = h("div", { class: "nothing-open" }, h("p", { class: "big", text: W.nothing_open }), h("p", { text: W.nothing_open_keys }));
const room = h("div", { class: "room", hidden: true }, head, h("div", { class: "log-frame" }, log, below), typing);
export const thread = h("section", { class: "pane thread", "aria-labelledby": "thread-title" }, nothing, room);

/** Replies on their way to the door: {id, ref, text}. */
export const leaving = [];
let known = null; // {ref, seq, with}: what was read out already
let asked = null, again = false, follows = true;

/** Fetches the open chat and its case; asked for in between, once more afterwards. */
export async function refresh() {
  if (!state.open) return;
  if (asked) {
    again = true;
    return asked;
  }
  asked = fetchOnce().finally(() => {
    asked = null;
    if (again) {
      again = false;
      refresh();
    }
  });
  return asked;
}

async function fetchOnce() {
  const ref = state.open;
  const [chat, found] = await Promise.allSettled([get(chatAt(ref)), get(caseAt(ref))]);
  if (state.open !== ref) {
    again = true;
    return;
  }
  if (chat.status === "fulfilled") state.chat = chat.value;
  if (found.status === "fulfilled") state.case = found.value;
  tell("chat", { problem: chat.reason ?? found.reason ?? null });
}

export function toEnd() { log.scrollTop = log.scrollHeight; }
export function focusThread() { title.focus(); }
export function customerName() { return row()?.customer || state.case?.customer?.name || W.somebody(state.open); }

function draw() {
  const chat = state.chat?.ref === state.open ? state.chat : null;
  nothing.hidden = Boolean(state.open);
  room.hidden = !state.open;
  thread.classList.toggle("empty-pane", !state.open);
  title.textContent = state.open ? customerName() : W.thread;
  if (!state.open) return;
  log.setAttribute("aria-label", W.talk_of(customerName()));
  drawUnder(chat);
  drawDeeds(chat);
  const grew = chat && known?.ref === chat.ref && chat.seq > known.seq;
  reconcile(list, chat ? entriesOf(chat) : []);
  if (follows || known?.ref !== state.open) toEnd();
  else if (grew) below.hidden = false;
  typing.hidden = !chat?.typing;
  typing.textContent = chat?.typing ? W.typing(customerName()) : "";
  if (chat) readNews(chat);
}

function drawUnder(chat) {
  const one = row();
  const parts = [state.open, one && `${named(W.channels, one.channel)}`, one && language(one.language || "en"), one?.order && W.order_of(one.order)];
  under.replaceChildren(...[h("span", { class: "about", text: parts.filter(Boolean).join(" · ") }), chat && h("span", { class: `standing ${standing(chat).kind}`, text: standing(chat).text }), looking(one)].filter(Boolean));
}

/** Who else has it on their screen: they may be about to answer. */
function looking(one) {
  const names = (one?.looking ?? []).filter((name) => name !== state.me.name);
  return names.length > 0 && h("span", { class: "others-look" }, icon("eye", 14), h("span", { text: W.looking(names) }));
}

function standing(chat) {
  if (isMine(chat)) return { kind: "mine", text: W.with_you };
  if (chat.handler === "agent") return { kind: "others", text: W.with_agent(chat.agent) };
  if (chat.handler === "assistant") return { kind: "assistant", text: W.with_assistant };
  return chat.handler === "queue" ? { kind: "waits", text: W.waits } : { kind: "others", text: isEnded(chat) ? W.case_ended : W.nobody };
}

function isEnded(chat) { return chat?.status === "resolved" || chat?.status === "closed"; }

function drawDeeds(chat) {
  const may = state.me.may.act && chat;
  const shown = [["take", W.take, may && !isMine(chat), "strong"], ["hand_back", W.hand_back, may && isMine(chat)], ["resolve", W.resolve, may && !isEnded(chat)], ["snooze", W.snooze, may], ["assign", W.assign, may], ["more", W.more, chat]];
  reconcile(deeds, shown.filter(([, , isThere]) => isThere).map(([id, text, , kind]) => ({
    key: id, sign: text, make: () => button(`${kind ?? "quiet"} small`, text, () => tell("deed", { id }), { "data-focus": id, title: keyOf(id) }),
  })));
}

const KEYS = { take: "t", hand_back: "b", resolve: "e", snooze: "z", assign: "a", more: "Ctrl+K" };
function keyOf(id) { return KEYS[id]; }

function entriesOf(chat) {
  const all = [
    ...chat.messages.map((one) => ({ at: one.at, rank: 1, key: `m${one.id ?? one.seq}`, one, make: messageOf })),
    ...chat.notes.map((one) => ({ at: one.at, rank: 2, key: `n${one.id}`, one, make: noteOf })),
    ...chat.markers.filter((one) => !UNSAID.has(one.kind)).map((one, place) => ({ at: one.at, rank: 0, key: `k${one.at}${one.kind}${place}`, one, make: markerOf })),
  ].sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || a.rank - b.rank);
  const days = [];
  let last = "";
  for (const entry of all) {
    const day = new Date(entry.at).toDateString();
    if (day !== last) days.push({ key: `d${day}`, one: day, make: () => h("li", { class: "day" }, h("span", { text: dayName(entry.at) })) });
    last = day;
    days.push(entry);
  }
  const held = chat.held.map((one) => ({ key: `h${one.id}`, one, make: heldOf }));
  const going = leaving.filter((one) => one.ref === chat.ref).map((one) => ({ key: `l${one.id}`, one, make: leavingOf }));
  return [...days, ...held, ...going].map(({ key, one, make }) => ({ key, sign: JSON.stringify(one), make: () => make(one, chat) }));
}

function dayName(at) {
  const said = onDay(at);
  return said.charAt(0).toUpperCase() + said.slice(1);
}

function messageOf(one, chat) {
  if (one.author === "system") return h("li", { class: "said system" }, h("p", {}, h("span", { class: "hidden", text: `${W.authors.system}: ` }), one.text, " ", time(one.at)), cameTo(one) && h("p", { class: "foot" }, stateOf(one)));
  const name = nameOf(one);
  const foot = [stateOf(one), one.author === "customer" && heardOf(one), one.label && h("span", { class: "marked", text: W.labelled(one.label.what || named(W.issues, one.label.intent)) }),
    one.state === "held" && state.me.may.act && [button("strong small", W.public_read, () => tell("deed", { id: "public_post", message: one.id }), { "data-focus": "public_post" }), button("quiet small", W.public_leave, () => tell("deed", { id: "public_leave", message: one.id }), { "data-focus": "public_leave" })],
    one.author === "customer" && state.me.may.act && !one.label && button("link mark", W.mark_wrong, () => tell("deed", { id: "mark", message: one.id }), { "data-focus": "mark", title: "w" }),
    one.label && !one.label.what && state.me.may.act && button("link mark", W.say_meant, () => tell("deed", { id: "label", message: one.id }), { "data-focus": "mark" })].filter(Boolean);
  return h("li", { class: `said ${one.author}` }, avatar(one.author, name),
    h("div", { class: "body" }, h("p", { class: "by" }, h("span", { class: "name", text: name }), one.author !== "customer" && h("span", { class: "kind", text: one.author === "agent" ? W.authors.agent : null }), one.public && h("span", { class: "public", text: W.public_message }), time(one.at)),
      one.text && h("div", { class: "bubble", dir: "auto", text: one.text }), cardOf(one.card), filesOf(one.files),
      choicesOf(one).length > 0 && h("p", { class: "offered" }, h("span", { text: W.offered_choices }), choicesOf(one).map((label) => h("span", { class: "choice", text: label }))),
      foot.length > 0 && h("p", { class: "foot" }, foot)));
}

function nameOf(one) {
  if (one.author === "customer") return customerName();
  if (one.author === "agent") return one.agent === state.me.name ? W.you_wrote : one.agent || W.authors.agent;
  return W.authors[one.author];
}

function avatar(author, name) {
  if (author === "assistant") return h("span", { class: "avatar square", "aria-hidden": "true" }, icon("robot", 18));
  return h("span", { class: "avatar", "aria-hidden": "true", text: initials(author === "agent" && name === W.you_wrote ? state.me.name : name === W.somebody(state.open) ? "" : name) });
}

function time(at) { return h("time", { datetime: at, text: when(at) }); }

function stateOf(one) {
  if (!one.state || one.author === "customer") return null;
  const came = cameTo(one);
  if (came) return h("span", { class: `state ${came.kind}` }, icon(came.kind === "failed" ? "warn" : "clock", 14), h("span", { text: came.text }));
  return h("span", { class: `state ${one.state}` }, one.state === "failed" && icon("warn", 14), (one.state === "read" || one.state === "delivered") && icon("check", 14), h("span", { text: named(W.states, one.state) }));
}

function heardOf(one) {
  if (!one.heard?.intent) return null;
  const sure = typeof one.heard.confidence === "number" ? one.heard.confidence : null;
  return h("span", { class: sure !== null && sure < 0.7 ? "heard unsure" : "heard", text: W.heard(named(W.issues, one.heard.intent), sure) });
}

function cardOf(card) {
  if (!card?.rows?.length) return null;
  return h("div", { class: "card" }, card.title && h("p", { class: "card-title", text: card.title }), h("dl", {}, card.rows.map((one) => [h("dt", { text: one.label ?? one.title ?? "" }), h("dd", { text: one.value ?? one.text ?? "" })])));
}

/** What could be chosen besides what the card shows already. */
function choicesOf(one) {
  const shown = new Set((one.card?.rows ?? []).flatMap((row_) => [row_.label, row_.value]));
  return (one.choices ?? []).filter((label) => !shown.has(label));
}

function filesOf(files) {
  if (!files?.length) return null;
  return h("div", { class: "files" }, files.map((one) => {
    const url = one.url ?? `/desk/api/files/${one.id}`;
    const isPhoto = String(one.media_type).startsWith("image/");
    return h("a", { class: isPhoto ? "photo" : "file", href: url, target: "_blank", rel: "noopener" },
      isPhoto ? h("img", { src: url, alt: W.photo_of(one.name), width: one.width, height: one.height, loading: "lazy" }) : [icon("clip"), h("span", { text: one.name })]);
  }));
}

function noteOf(one) {
  const kind = W.authors[one.kind] ? one.kind : "note";
  return h("li", { class: `said note ${kind}` }, h("div", { class: "body" },
    h("p", { class: "by" }, icon("lock", 14), h("span", { class: "kind", text: W.authors[kind] }), h("span", { class: "name", text: one.agent === state.me.name ? W.you_wrote : one.agent }), time(one.at), h("span", { class: "only", text: W.only_desk })),
    h("div", { class: "bubble", dir: "auto", text: one.text })));
}

/** What was done between the messages: "Handed over because ..." stands out. */
function markerOf(one) {
  const isHandoff = one.kind === "handed_off";
  const text = isHandoff ? W.handed_over(named(W.reasons, one.reason).toLowerCase(), one.team, when(one.due_at)) : one.who === state.me.name ? W.you_did(one.text) : W.who_did(one.who === "assistant" ? W.authors.assistant : plain(one.who ?? ""), one.text);
  return h("li", { class: `marker ${one.kind.replaceAll(".", "-")}` }, h("p", {}, icon(isHandoff ? "swap" : drawingOf(one.kind), 14), h("span", { class: "what", text: isHandoff && !one.reason ? plain(one.text) : text }), " ", time(one.at)));
}

function drawingOf(kind) {
  if (kind.startsWith("remedy")) return "gift";
  return kind.includes("late") || kind.includes("dropped") ? "warn" : kind === "case.taken" ? "person" : kind === "case.handed_back" ? "robot" : "info";
}

function heldOf(one) {
  return h("li", { class: "said agent held" }, avatar("agent", W.you_wrote), h("div", { class: "body" }, h("div", { class: "bubble", dir: "auto", text: one.text }),
    h("p", { class: "foot" }, h("span", { class: "countdown", "data-until": one.send_at, text: heldText(one.send_at) }), button("quiet small", W.undo, () => tell("deed", { id: "undo", held: one.id }), { "data-focus": "undo", title: "u" }))));
}

function leavingOf(one) {
  return h("li", { class: "said agent leaving" }, avatar("agent", W.you_wrote), h("div", { class: "body" }, h("div", { class: "bubble", dir: "auto", text: one.text }), h("p", { class: "foot" }, h("span", { class: "state", text: W.sending }))));
}

function heldText(until) {
  const left = Date.parse(until) - now();
  return left > 0 ? W.held(span(left + 999)) : W.going_out;
}

/** Reads out who wrote, and who has the chat now. What was there when it was opened is silent. */
function readNews(chat) {
  const stands = standing(chat).text;
  if (known?.ref === chat.ref) {
    for (const one of chat.messages) if (one.seq > known.seq && !(one.author === "agent" && one.agent === state.me.name)) readOut(one.author === "system" ? one.text : W.wrote(nameOf(one), one.text));
    if (known.stands !== stands) readOut(W.now_with(stands));
  }
  known = { ref: chat.ref, seq: chat.seq, stands };
}

log.addEventListener("scroll", () => {
  follows = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
  if (follows) below.hidden = true;
});
new ResizeObserver(() => { if (follows) toEnd(); }).observe(log); // the field below has grown, or the window has shrunk
on("chat", draw);
on("board", () => { if (state.open) drawUnder(state.chat?.ref === state.open ? state.chat : null); });
on("opened", () => {
  follows = true;
  below.hidden = true;
  known = null;
  draw();
});
on("leaving", () => {
  draw();
  toEnd();
});
setInterval(() => { for (const one of list.querySelectorAll(".countdown")) one.textContent = heldText(one.dataset.until); }, 250);
