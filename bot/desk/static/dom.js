// Elements from data. Words are only ever text: nothing a customer, a shop or the server says becomes markup.
const PROPERTIES = new Set(["value", "checked", "disabled", "hidden", "htmlFor", "returnValue"]);

/** An element. `on...` are listeners, `class` and `text` what they say, `data` is its dataset; null and false are left out. */
export function h(tag, given = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") made.className = value;
    else if (name === "text") made.textContent = value;
    else if (name === "data") Object.assign(made.dataset, value);
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (PROPERTIES.has(name)) made[name] = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat(3).filter((one) => one !== null && one !== undefined && one !== false && one !== ""));
  return made;
}

/** A button that does not submit. */
export function button(name, text, act, given = {}) {
  return h("button", { type: "button", class: name, text, onclick: act, ...given });
}

/** Brings the children of an element in line with `entries` ({key, sign, make}): what has not changed stays the same element,
 * so that a selection, the focus and the place on the screen stay too. */
export function reconcile(parent, entries) {
  const before = new Map([...parent.children].map((one) => [one.dataset.key, one]));
  const focused = parent.contains(document.activeElement) ? document.activeElement : null;
  const mark = focused && [focused.closest("[data-key]")?.dataset.key, focused.dataset.focus];
  let place = parent.firstElementChild;
  for (const { key, sign, make } of entries) {
    let made = before.get(key);
    before.delete(key);
    if (!made || made.dataset.sign !== sign) {
      const fresh = make();
      fresh.dataset.key = key;
      fresh.dataset.sign = sign;
      if (made) {
        if (place === made) place = fresh;
        made.replaceWith(fresh);
      }
      made = fresh;
    }
    if (made === place) place = place.nextElementSibling;
    else parent.insertBefore(made, place);
  }
  for (const one of before.values()) one.remove();
  if (focused && !focused.isConnected && mark[1]) {
    const again = [...parent.querySelectorAll(`[data-focus="${CSS.escape(mark[1])}"]`)].find((one) => one.closest("[data-key]")?.dataset.key === mark[0]);
    again?.focus({ preventScroll: true });
  }
}

/** Fills an element anew, keeping the focus on whatever bears the same `data-focus`. */
export function fill(parent, ...children) {
  const mark = parent.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
  parent.replaceChildren(...children.flat(3).filter((one) => one !== null && one !== undefined && one !== false && one !== ""));
  if (mark) parent.querySelector(`[data-focus="${CSS.escape(mark)}"]`)?.focus({ preventScroll: true });
}

/** Calls at most once in `ms`, with the newest arguments. */
export function later(ms, act) {
  let timer = 0;
  const calls = (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...given), ms);
  };
  calls.stop = () => clearTimeout(timer);
  return calls;
}

/** An id that is nobody else's. */
export function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("");
}
