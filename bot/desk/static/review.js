// What the assistant may have taken wrongly: one list, and beside it the intents to choose from, by key or by typing.
import { get, post } from "./api.js";
import { button, fill, h, reconcile } from "./dom.js";
import { named, when } from "./format.js";
import { say, tried } from "./saying.js";
import { on, state } from "./state.js";
import { W } from "./words.js";

const list = h("ul", { class: "review-rows", "aria-label": W.review });
const empty = h("p", { class: "empty" }), counts = h("p", { class: "soft" });
const tabs = Object.fromEntries(["open", "done"].map((name) => [name, button("tab", W.review_tabs[name], () => show(name), { "aria-pressed": "false" })]));
const search = h("input", { type: "search", class: "review-search", "aria-label": W.review_search, placeholder: W.review_search, autocomplete: "off" });
const groups = h("div", { class: "review-groups" });
const said = h("p", { class: "review-said", dir: "auto" }); // on a narrow screen the list is below
const drop = button("quiet small", W.review_drop, () => label(null), { title: "x" });
const chooser = h("section", { class: "review-chooser block", "aria-labelledby": "review-what" }, h("h2", { id: "review-what", text: W.review_what }), said, search, groups, drop);
const drifts = h("section", { class: "block drift", "aria-labelledby": "drift-title" }, h("h2", { id: "drift-title", text: W.drift }), h("div", { class: "drift-said" }));
export const review = h("section", { class: "view review", "aria-labelledby": "review-title", hidden: true },
  h("h1", { id: "review-title", tabindex: -1, text: W.review }), h("p", { class: "soft intro", text: W.review_intro }),
  h("div", { class: "review-head" }, h("div", { class: "tabs", role: "group", "aria-label": W.review }, tabs.open, tabs.done), counts),
  h("div", { class: "review-body" }, h("div", {}, list, empty), chooser), drifts);

let tab = "open", found = { rows: [], counts: { open: 0, labelled: 0, dropped: 0 }, intents: [] }, at = null;

const nameOf = (intent) => W.issues[intent] ?? W.review_intents[intent] ?? named({}, intent);
const current = () => found.rows.find((one) => one.message === at) ?? found.rows[0] ?? null;
const may = () => state.me.may.supervise;

/** Fetches and draws it. */
export async function fetchReview() {
  const said = await get(`/desk/api/review${tab === "done" ? "?done=1" : ""}`).catch(() => null);
  if (!said) return;
  found = said;
  draw();
}

export async function showReview(is) {
  if (!is) return;
  fetchReview();
  const said = await get("/desk/api/review/drift").catch(() => null);
  if (said) drawDrift(said);
}

function show(name) {
  tab = name;
  at = null;
  fetchReview();
}

function draw() {
  for (const [name, one] of Object.entries(tabs)) one.setAttribute("aria-pressed", String(name === tab));
  tabs.open.textContent = `${W.review_tabs.open} ${found.counts.open}`;
  counts.textContent = W.review_counts(found.counts);
  empty.hidden = found.rows.length > 0;
  empty.textContent = W.review_none[tab];
  chooser.hidden = found.rows.length === 0;
  const chosen = current()?.message;
  reconcile(list, found.rows.map((one) => ({ key: one.message, sign: JSON.stringify([one, one.message === chosen]), make: () => rowOf(one, one.message === chosen) })));
  drawChooser();
}

function rowOf(one, isChosen) {
  const heard = one.heard ? W.review_heard(nameOf(one.heard), one.confidence) : W.review_heard_nothing;
  const why = [W.review_whys[one.why], one.brought_by && W.review_by(one.brought_by), when(one.at), one.dev && W.review_dev].filter(Boolean).join(" · ");
  return h("li", { class: `review-row ${isChosen ? "chosen" : ""}`, "aria-current": isChosen ? "true" : null, onclick: (event) => { if (!event.target.closest("a")) choose(one.message); } },
    h("button", { type: "button", class: "review-text", dir: "auto", text: one.text ?? W.review_erased, "data-focus": "row", onfocus: () => choose(one.message) }),
    h("p", { class: "heard", text: heard }),
    h("p", { class: "soft" }, why, one.case && !one.dev && [" · ", h("a", { href: `#/chat/${encodeURIComponent(one.case)}`, text: one.case })],
      one.suggested && h("span", { class: "suggested", text: W.review_suggested(nameOf(one.suggested)) })),
    one.labelled_at && h("p", { class: "labelled", text: W.review_done(one.label && nameOf(one.label), one.labelled_by) }));
}

function choose(message) {
  if (at === message) return;
  at = message;
  draw();
}

/** The intents that fit what is typed, in their groups; the first nine bear the keys 1 to 9. */
function drawChooser() {
  const words = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (intent) => words.every((one) => `${nameOf(intent)} ${intent}`.toLowerCase().includes(one));
  let number = 0;
  fill(groups, found.intents.map(({ group, intents }) => {
    const shown = intents.filter(fits);
    return shown.length > 0 && h("div", { class: "review-group", role: "group", "aria-label": W.review_groups[group] }, h("h3", { text: W.review_groups[group] }), shown.map((intent) => {
      number += 1;
      const one = current();
      const was = one && (one.label ?? one.suggested) === intent;
      return h("button", { type: "button", class: was ? "choice-intent was" : "choice-intent", "data-intent": intent, disabled: !may(), onclick: () => label(intent) }, h("span", { text: nameOf(intent) }), number <= 9 && h("kbd", { text: String(number) }));
    }));
  }));
  said.textContent = current()?.text ?? "";
  drop.disabled = !may();
  search.disabled = !may();
  chooser.classList.toggle("read-only", !may());
}

async function label(intent) {
  const one = current();
  if (!one || !may()) return;
  const place = found.rows.indexOf(one);
  const said = await tried(() => post(`/desk/api/review/${encodeURIComponent(one.message)}/label`, { intent, version: one.version }));
  if (said !== undefined) {
    say(intent ? W.review_labelled(nameOf(intent)) : W.review_dropped);
    search.value = "";
    at = (found.rows[place + 1] ?? found.rows[place - 1])?.message ?? null;
  }
  await fetchReview();
  focusRow();
}

function focusRow() {
  const row = [...list.children].find((one) => one.dataset.key === current()?.message);
  row?.querySelector(".review-text").focus();
  row?.scrollIntoView({ block: "nearest" });
}

function drawDrift(said) {
  const place = drifts.querySelector(".drift-said"), last = said.weeks.at(-1);
  if (said.index === null) return fill(place, h("p", { class: "soft", text: W.drift_none }));
  const percent = (share) => `${Math.round(100 * (share ?? 0))} %`;
  const moved = said.moved.map((name) => `${nameOf(name)} ${percent(said.before.shares[name])} to ${percent(last.shares[name])}`).join(", ");
  return fill(place, h("p", { class: said.has_shifted ? "problem" : null, text: said.has_shifted ? W.drift_shifted(said.is_much, said.index, moved) : W.drift_same(said.index) }),
    h("p", { class: said.is_less_sure ? "problem" : null, text: W.drift_sure(said.is_less_sure, said.before.confidence, last.confidence) }),
    h("div", { class: "drift-picture", tabindex: 0, role: "region", "aria-label": W.drift_picture }, h("img", { src: "/desk/api/review/drift.svg", alt: W.drift_picture })));
}

function pick(number) {
  const one = groups.querySelectorAll("button")[number - 1];
  if (one && !one.disabled) one.click();
}

search.addEventListener("input", drawChooser);
search.addEventListener("keydown", (event) => {
  if (event.key === "Enter") pick(1);
  else if (/^[1-9]$/.test(event.key)) pick(Number(event.key));
  else return;
  event.preventDefault();
});
on("review-move", (by) => {
  const place = Math.min(Math.max(found.rows.indexOf(current()) + by, 0), found.rows.length - 1);
  if (found.rows[place]) choose(found.rows[place].message);
  focusRow();
});
on("review-pick", pick);
on("review-drop", () => label(null));
on("review-search", () => search.focus());
