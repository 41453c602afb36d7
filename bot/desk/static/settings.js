// What an account chooses for itself, and the way out.
import { post } from "./api.js";
import { open } from "./dialogs.js";
import { forgetDrafts } from "./drafts.js";
import { button, fill, h } from "./dom.js";
import { askToNotify, canNotify, ring } from "./notify.js";
import { tried } from "./saying.js";
import { on, state, tell } from "./state.js";
import { W } from "./words.js";

function settings() {
  open(W.settings, () => [
    h("p", { class: "intro", text: `${state.me.name}, ${W.roles[state.me.role]}` }),
    flip("away", W.away_switch), flip("shortcuts", W.shortcuts, W.shortcuts_hint), flip("sound", W.sound, "", (isOn) => isOn && ring()),
    notifications(),
    h("div", { class: "dialog-deeds" }, button("quiet", W.sign_out, leave)),
  ]);
}

function flip(name, words, hint = "", then = () => {}) {
  const made = button("switch", "", async () => {
    const wanted = !state.me[name];
    if ((await tried(() => post("/desk/api/me", { [name]: wanted }))) === undefined) return;
    state.me[name] = wanted;
    made.setAttribute("aria-checked", String(wanted));
    then(wanted);
    tell("me");
  }, { role: "switch", "aria-checked": String(state.me[name]) });
  made.append(h("span", { class: "words" }, h("span", { text: words }), hint && h("span", { class: "hint", text: hint })), h("span", { class: "knob", "aria-hidden": "true" }));
  return made;
}

function notifications() {
  const place = h("p", { class: "notify-row" });
  const draw = () => {
    const now = canNotify();
    fill(place, h("span", { text: W.notify }), now === "default" ? button("quiet small", W.notify_ask, async () => {
      await askToNotify();
      draw();
    }) : h("span", { class: "soft", text: { granted: W.notify_on, denied: W.notify_no, none: W.notify_none }[now] }));
  };
  draw();
  return place;
}

async function leave() {
  forgetDrafts();
  await fetch("/desk/sign-out", { method: "POST" }).catch(() => null);
  location.assign("/desk/sign-in");
}

on("settings", settings);
