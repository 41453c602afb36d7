// Ready answers: "/" and some letters, arrows, Enter. Variables such as {name} are filled from the case.
import { fill, h } from "./dom.js";
import { row, state } from "./state.js";
import { W } from "./words.js";

/** Listens to a field. {open, close, typed, key}: `key(event)` is true where the list used the key. */
export function canned(field, place) {
  const list = h("ul", { id: "canned", role: "listbox", class: "canned", "aria-label": W.canned, hidden: true });
  place.append(list);
  field.setAttribute("aria-controls", "canned");
  field.setAttribute("aria-autocomplete", "list");
  let found = [], at = 0;

  const close = () => {
    list.hidden = true;
    field.removeAttribute("aria-activedescendant");
  };
  const typedPart = () => (/(?:^|\s)\/([\w-]*)$/.exec(field.value.slice(0, field.selectionStart)) ?? [null, null])[1];
  const point = () => {
    [...list.children].forEach((one, order) => one.setAttribute("aria-selected", String(order === at)));
    list.children[at]?.scrollIntoView({ block: "nearest" });
    if (found.length) field.setAttribute("aria-activedescendant", `canned-${at}`);
  };
  const take = (one) => {
    const before = field.value.slice(0, field.selectionStart).replace(/\/[\w-]*$/, ""), text = filled(one.text);
    field.value = before + text + field.value.slice(field.selectionStart);
    field.setSelectionRange((before + text).length, (before + text).length);
    close();
    field.focus();
    field.dispatchEvent(new Event("input"));
  };
  const show = () => {
    const part = typedPart();
    if (part === null || place.classList.contains("note")) return close();
    found = (state.me.canned ?? []).filter((one) => `${one.name} ${one.title}`.toLowerCase().includes(part.toLowerCase()));
    if (!found.length) return close();
    at = 0;
    fill(list, found.map((one, order) => h("li", { role: "option", id: `canned-${order}`, onmousedown: (event) => event.preventDefault(), onclick: () => take(one) },
      h("span", { class: "what" }, h("b", { text: `/${one.name}` }), ` ${one.title}`), h("span", { class: "text", text: filled(one.text) }))));
    list.hidden = false;
    point();
  };
  const key = (event) => {
    if (list.hidden) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      at = (at + step + found.length) % found.length;
      point();
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) take(found[at]);
    else if (event.key === "Tab" && !event.shiftKey) take(found[at]);
    else if (event.key === "Escape") close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  field.addEventListener("blur", () => setTimeout(close, 150));
  return { open: show, close, typed: show, key };
}

function filled(text) {
  const one = row(), about = state.case;
  const customer = (about?.customer?.name || one?.customer || "").split(" ")[0];
  const values = { customer, ref: state.open, order: about?.order?.number ?? one?.order, item: itemOf(about), agent: state.me.name };
  const said = customer ? text : text.replace(/ \{customer\}/g, "");
  return said.replace(/\{(\w+)\}/g, (whole, name) => values[name] || whole); // what is not known stays in its braces, and is warned of
}

/** The one item it is about, where that is known. */
function itemOf(about) {
  const said = (about?.facts ?? []).find((one) => one.name === "items")?.value.toLowerCase() ?? "";
  const items = about?.order?.items ?? [], meant = items.filter((one) => said.includes(one.name.toLowerCase()));
  return (meant.length ? meant : items).length === 1 ? (meant[0] ?? items[0]).name : "";
}
