// What just happened, in one line: seen for some seconds, and read out politely by a screen reader.
import { h } from "./dom.js";

const SHOWN_FOR = 5000; // ms
const line = h("p", { class: "said-line", role: "status", "aria-live": "polite", "aria-atomic": "true" });
const heard = h("p", { class: "hidden", "aria-live": "polite" });
let timer = 0;

export const lines = [line, heard];

/** Shows and reads out. `bad`: something did not work, and stays for longer. */
export function say(text, bad = false) {
  clearTimeout(timer);
  line.textContent = "";
  line.classList.toggle("bad", bad);
  requestAnimationFrame(() => { line.textContent = text; });
  timer = setTimeout(() => { line.textContent = ""; }, bad ? 2 * SHOWN_FOR : SHOWN_FOR);
}

/** Only reads out, for what is seen anyway. */
export function readOut(text) {
  heard.append(h("span", { text: `${text} ` }));
  while (heard.childElementCount > 5) heard.firstElementChild.remove();
}

/** Does something that may be refused; a refusal is said in the server's own words. Returns undefined then. */
export async function tried(act) {
  try { return await act(); } catch (problem) {
    if (problem.status === undefined) throw problem; // a fault of this page
    if (problem.status !== 401) say(problem.message, true);
    return undefined;
  }
}
