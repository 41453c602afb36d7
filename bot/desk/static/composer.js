// Where people write. A reply and a private note are two fields of one place: each keeps its own words, and only one has a button.
import { chatAt, post, sendFile } from "./api.js";
import { button, fill, h, later, newKey } from "./dom.js";
import { line as channelLine } from "./channels.js";
import { draftOf, keepDraft } from "./drafts.js";
import { icon } from "./icons.js";
import { tried, say } from "./saying.js";
import { isMine, on, row, state, tell } from "./state.js";
import { customerName, leaving, refresh, toEnd } from "./thread.js";
import { canned } from "./canned.js";
import { W } from "./words.js";

const CHECK_AFTER = 500; // ms without a key
const MOST_WARNINGS = 3; // seen at once
let mode = "reply", draft = { mode: null, reply: "", note: "" }, files = [], line = Promise.resolve();

const field = h("textarea", { id: "write", rows: 1, dir: "auto", autocapitalize: "sentences", spellcheck: true });
const label = h("label", { class: "hidden", htmlFor: "write" });
const switches = Object.fromEntries(["reply", "note"].map((name) => [name, h("input", { type: "radio", name: "mode", id: `mode-${name}`, onchange: () => choose(name) })]));
const modes = h("fieldset", { class: "modes" }, h("legend", { class: "hidden", text: W.compose }), ["reply", "note"].map((name) => [switches[name], h("label", { htmlFor: `mode-${name}`, class: name }, name === "note" && icon("lock", 14), h("span", { text: W.modes[name] }))]));
const hint = h("p", { class: "hint" });
const warnings = h("div", { class: "warnings", role: "status", "aria-live": "polite" });
const chips = h("ul", { class: "chips", hidden: true });
const picker = h("input", { type: "file", multiple: true, accept: "image/*,application/pdf", hidden: true, "aria-hidden": "true", tabindex: -1 });
const attach = button("icon-button", "", () => picker.click(), { "aria-label": W.attach, title: W.attach });
attach.append(icon("clip", 20));
const ready = button("quiet small ready", W.canned, () => startCanned(), { title: "/" });
const send = button("strong small send", W.send, () => submit(false));
const sendResolve = button("quiet small send-resolve", W.send_resolve, () => submit(true));
export const composer = h("form", { class: "composer", hidden: true, onsubmit: (event) => event.preventDefault() }, channelLine, modes, label, field, chips, warnings,
  h("div", { class: "compose-deeds" }, attach, ready, picker, hint, sendResolve, send));
const list = canned(field, composer);

/** Puts the cursor into the field, in this mode. */
export function write(name) {
  if (composer.hidden || !state.me.may.reply) return;
  tell("pane", "thread");
  choose(name);
  field.focus();
}

export function startCanned() {
  write("reply");
  if (!field.value) field.value = "/";
  field.setSelectionRange(field.value.length, field.value.length);
  typed();
  list.open();
}

/** Puts words back that were not sent. */
export function giveBack(text, ref = state.open) {
  if (ref !== state.open) {
    const kept = draftOf(ref);
    keepDraft(ref, { ...kept, mode: "reply", reply: [text, kept.reply].filter(Boolean).join("\n") });
    return;
  }
  choose("reply");
  field.value = [text, field.value].filter(Boolean).join("\n");
  typed();
  field.focus();
}

function choose(name) {
  keep();
  mode = name;
  draft.mode = name;
  field.value = draft[name];
  dress();
  check();
  grow();
}

function keep() { draft = { ...draft, mode, [mode]: field.value }; }

/** What the place looks like, and what its button does: never the same for a note as for a reply. */
function dress() {
  const isNote = mode === "note", chat = state.chat?.ref === state.open ? state.chat : null, name = customerName();
  composer.classList.toggle("note", isNote);
  for (const one of ["reply", "note"]) switches[one].checked = one === mode;
  label.textContent = isNote ? W.note_label : W.reply_to(name);
  field.placeholder = isNote ? W.note_hint : W.reply_hint(name);
  send.textContent = isNote ? W.keep_note : W.send;
  sendResolve.hidden = isNote;
  attach.hidden = ready.hidden = isNote;
  hint.textContent = !chat || isNote ? "" : chat.handler === "agent" && !isMine(chat) ? W.held_by(chat.agent) : chat.handler === "queue" ? W.takes : chat.handler === "assistant" ? W.with_bot : "";
}

function typed() {
  keep();
  keepDraft(state.open, draft);
  grow();
  check();
  list.typed();
}

function grow() {
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight + 2, innerHeight * 0.4)}px`;
}

const check = later(CHECK_AFTER, async () => {
  const ref = state.open, text = field.value.trim();
  if (mode === "note" || !text || text.startsWith("/") || !state.me.may.reply) return showWarnings([]);
  const said = await post("/desk/api/check", { text, ref }).catch(() => null);
  if (said && ref === state.open && text === field.value.trim() && mode === "reply") showWarnings(said.warnings);
});

function showWarnings(found) {
  const sign = JSON.stringify(found);
  if (warnings.dataset.sign === sign) return; // said once
  warnings.dataset.sign = sign;
  fill(warnings, found.length > 0 && [h("p", { class: "warn-title" }, icon("warn", 14), h("span", { text: W.warn_title })),
    h("ul", {}, found.slice(0, MOST_WARNINGS).map((one) => h("li", {}, h("span", { class: "problem-words", text: one.problem }), " ", h("span", { text: one.better }), " ", h("span", { class: "rule", text: typeof one.rule === "number" || /^\d+$/.test(one.rule) ? W.rule(one.rule) : one.rule }))), found.length > MOST_WARNINGS && h("li", { class: "soft", text: W.more_warnings(found.length - MOST_WARNINGS) }))]);
}

/** Sends, or saves the note. One after the other: the second waits until the first has taken the chat. */
export function submit(resolves) {
  const text = field.value.trim(), ref = state.open;
  const sent = files.filter((one) => one.id);
  if (files.some((one) => !one.id && !one.failed)) return; // still being added
  if ((!text && !(mode === "reply" && sent.length)) || !state.me.may.reply) return;
  const isNote = mode === "note", key = newKey();
  field.value = "";
  keep();
  keepDraft(ref, { ...draft, [mode]: text }); // until it has arrived
  list.close();
  showWarnings([]);
  grow();
  if (isNote) line = line.then(() => keepNote(ref, text, key));
  else {
    files = [];
    drawFiles();
    leaving.push({ id: key, ref, text });
    tell("leaving");
    line = line.then(() => deliver(ref, text, key, sent, resolves));
  }
}

async function keepNote(ref, text, key) {
  const kept = await tried(() => post(chatAt(ref, "note"), { text, key }));
  if (!kept) return putBack(ref, "note", text);
  settle(ref, "note");
  say(W.note_kept);
  await refresh();
}

async function deliver(ref, text, key, sent, resolves) {
  const version = state.chat?.ref === ref ? state.chat.version : row(ref)?.version;
  const said = await tried(() => post(chatAt(ref, "reply"), { text, key, version, files: sent.map((one) => one.id), resolve: resolves }));
  leaving.splice(leaving.findIndex((one) => one.id === key), 1);
  if (!said) {
    if (ref === state.open) {
      files = [...sent, ...files];
      drawFiles();
    }
    putBack(ref, "reply", text);
    tell("leaving");
    return refresh();
  }
  settle(ref, "reply");
  await refresh();
  if (ref === state.open) toEnd();
  if (resolves) tell("resolved", ref);
}

/** What has arrived is no draft any more; what was typed meanwhile stays one. */
function settle(ref, name) {
  keepDraft(ref, ref === state.open ? draft : { ...draftOf(ref), [name]: "" });
}

function putBack(ref, name, text) {
  if (ref === state.open && mode !== name) choose(name);
  if (name === "reply") giveBack(text, ref);
  else if (ref === state.open) {
    field.value = [text, field.value].filter(Boolean).join("\n");
    typed();
  }
}

async function add(given) {
  if (mode === "note") return say(W.no_files_in_notes, true);
  const ref = state.open;
  for (const file of given) {
    const one = { name: file.name || "photo", key: newKey(), id: null, failed: false };
    files.push(one);
    drawFiles();
    const kept = await tried(() => sendFile(ref, file, one.key));
    if (kept) one.id = kept.id;
    else {
      one.failed = true;
      files = files.filter((other) => other !== one);
    }
    if (ref !== state.open) return;
    drawFiles();
  }
}

function drawFiles() {
  chips.hidden = !files.length;
  fill(chips, files.map((one) => h("li", { class: one.id ? "chip" : "chip busy" }, icon("clip", 14), h("span", { text: one.id ? one.name : W.uploading(one.name) }),
    button("icon-button", "×", () => {
      files = files.filter((other) => other !== one);
      drawFiles();
    }, { "aria-label": W.remove_file(one.name) }))));
}

field.addEventListener("input", typed);
field.addEventListener("keydown", (event) => {
  if (list.key(event)) return;
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  submit(event.shiftKey && mode === "reply");
});
field.addEventListener("paste", (event) => {
  if (!event.clipboardData?.files.length) return;
  event.preventDefault();
  add([...event.clipboardData.files]);
});
picker.addEventListener("change", () => {
  add([...picker.files]);
  picker.value = "";
});
composer.addEventListener("dragover", (event) => {
  event.preventDefault();
  composer.classList.add("drops");
});
composer.addEventListener("dragleave", () => composer.classList.remove("drops"));
composer.addEventListener("drop", (event) => {
  event.preventDefault();
  composer.classList.remove("drops");
  add([...(event.dataTransfer?.files ?? [])]);
});

on("opened", () => {
  files = [];
  drawFiles();
  composer.hidden = !state.open || !state.me.may.reply;
  if (!state.open) return;
  draft = draftOf(state.open);
  mode = draft.mode ?? safeMode();
  field.value = draft[mode];
  dress();
  check();
  requestAnimationFrame(grow);
});
on("chat", () => {
  if (!state.chat || state.chat.ref !== state.open) return;
  const kept = state.chat.draft;
  const isNew = kept?.text && !draft.reply && !draft.note && !draft.seen;
  draft.seen = true; // the store's copy counts once, when the chat is opened: another of my screens may have typed it
  if (isNew && !field.value) {
    draft = { ...draft, mode: kept.mode, [kept.mode]: kept.text };
    mode = kept.mode;
    field.value = kept.text;
    grow();
  } else if (!field.value && !draft.mode && document.activeElement !== field) mode = safeMode();
  dress();
});

/** Where somebody else answers, words begin as a note. */
function safeMode() {
  const one = state.chat?.ref === state.open ? state.chat : row();
  return one?.handler === "agent" && !isMine(one) ? "note" : "reply";
}
