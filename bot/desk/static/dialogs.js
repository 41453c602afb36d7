// One kind of dialog for everything that is asked: fields, what happens, and a button that says what it does.
import { button, fill, h, newKey } from "./dom.js";
import { W } from "./words.js";

const PAUSE_MS = 200; // after the last key, before the desk is asked

/** A dialog with a heading. `build(close)` gives its contents. The focus goes back to where it was. */
export function open(title, build, kind = "") {
  const heading = h("h2", { id: `title-${newKey().slice(0, 8)}`, text: title });
  const back = document.activeElement;
  const dialog = h("dialog", { class: `dialog ${kind}`, "aria-labelledby": heading.id });
  const close = () => dialog.close();
  dialog.append(h("header", {}, heading, button("icon-button shut", "×", close, { "aria-label": W.close })), ...[build(close, dialog)].flat());
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (back?.isConnected) back.focus({ preventScroll: true });
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog && kind !== "stays") close(); });
  document.body.append(dialog);
  dialog.showModal();
  (dialog.querySelector("[data-first]") ?? dialog.querySelector("input, select, textarea, .strong") ?? heading).focus();
  return dialog;
}

/** Asks. `fields`: [{name, label, type, options, value, required, hint}]; `act(values)` does it, and what it refuses is shown here.
 * `more`: further elements below the fields. */
export function ask({ title, intro, fields = [], confirm, danger = false, more = [], act }) {
  return open(title, (close) => {
    const problem = h("p", { class: "problem", role: "alert" });
    const strong = h("button", { type: "submit", class: danger ? "strong danger" : "strong", text: confirm, "data-first": fields.length ? null : "" });
    const made = fields.map((one) => field(one));
    const form = h("form", { method: "dialog" }, intro && h("p", { class: "intro", text: intro }), made.map((one) => one.whole), more, problem,
      h("div", { class: "dialog-deeds" }, button("quiet", W.cancel, close), strong));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (strong.disabled) return;
      strong.disabled = true;
      problem.textContent = "";
      try {
        await act(Object.fromEntries(made.map((one) => [one.name, one.read()])));
        close();
      } catch (found) {
        if (found.status === undefined) throw found;
        problem.textContent = found.message;
      } finally { strong.disabled = false; }
    });
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    });
    return form;
  });
}

/** One field with its label: {name, whole, input, read}. */
export function field({ name, label, type = "text", options = [], value = "", required = false, hint = "", attributes = {} }) {
  const id = `field-${newKey().slice(0, 10)}`;
  const note = hint && h("span", { class: "hint", id: `${id}-hint`, text: hint });
  if (type === "checks") return checks({ name, label, options, value });
  const common = { id, name, required, "aria-describedby": hint ? `${id}-hint` : null, ...attributes };
  const input = type === "select" ? h("select", common, options.map(([key, text]) => h("option", { value: key, text })))
    : type === "textarea" ? h("textarea", { rows: 3, ...common }) : h("input", { type, ...common });
  if (type === "checkbox") input.checked = Boolean(value);
  else input.value = value ?? "";
  const whole = type === "checkbox" ? h("div", { class: "field check" }, input, h("label", { htmlFor: id, text: label }), note)
    : h("div", { class: "field" }, h("label", { htmlFor: id, text: label }), note, input);
  return { name, whole, input, read: () => (type === "checkbox" ? input.checked : input.value.trim()) };
}

function checks({ name, label, options, value }) {
  const chosen = new Set(value || []);
  const made = options.map(([key, text]) => {
    const input = h("input", { type: "checkbox", checked: chosen.has(key), value: key });
    return [input, h("label", { class: "check-row" }, input, h("span", { text }))];
  });
  const whole = h("fieldset", { class: "field checks" }, h("legend", { text: label }), h("div", { class: "check-list" }, made.map(([, row]) => row)));
  return { name, whole, input: made[0]?.[0], read: () => made.filter(([input]) => input.checked).map(([input]) => input.value) };
}

/** A list to choose from by typing: `find(text)` gives [{label, hint, act}]; `ask(text)` gives more of them, some time later. */
export function choose(title, hint, find, ask = async () => []) {
  return open(title, (close) => {
    const listId = `list-${newKey().slice(0, 8)}`;
    const list = h("ul", { id: listId, role: "listbox", class: "choices", "aria-label": title });
    const input = h("input", { type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": listId, "aria-label": hint, placeholder: hint, autocomplete: "off", "data-first": "" });
    let found = [], at = 0;
    const point = () => {
      [...list.children].forEach((one, place) => one.setAttribute("aria-selected", String(place === at)));
      const chosen = list.children[at];
      if (found.length) input.setAttribute("aria-activedescendant", chosen.id);
      else input.removeAttribute("aria-activedescendant");
      chosen?.scrollIntoView({ block: "nearest" });
    };
    const run = (one) => {
      close();
      one?.act();
    };
    let pause = 0;
    const show = () => {
      const text = input.value.trim();
      at = 0;
      put(find(text));
      clearTimeout(pause);
      pause = setTimeout(async () => {
        const more = await ask(text, found).catch(() => []);
        if (text === input.value.trim() && more.length) put([...found.filter((one) => !one.ref || !more.some((newer) => newer.ref === one.ref)), ...more]); // what just ended may still stand in the queue
      }, PAUSE_MS);
    };
    const put = (all) => {
      found = all;
      fill(list, found.length ? found.map((one, place) => h("li", { role: "option", id: `${listId}-${place}`, onclick: () => run(one) },
        h("span", { class: "what", text: one.label }), one.hint && h("kbd", { text: one.hint }))) : h("li", { class: "nothing", role: "option", "aria-disabled": "true", text: W.palette_none }));
      point();
    };
    input.addEventListener("input", show);
    input.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && found.length) {
        at = (at + step + found.length) % found.length;
        point();
      } else if (event.key === "Enter") run(found[at]);
      else return;
      event.preventDefault();
    });
    queueMicrotask(show);
    return [h("div", { class: "chooser" }, input, list)];
  }, "palette");
}

/** The date-time for an input of this kind, in this browser's time zone, and back to an instant. */
export function localTime(at) {
  const moved = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return moved.toISOString().slice(0, 16);
}
export const instant = (local) => (local ? new Date(local).toISOString() : null);
