// The inbox of what is above somebody's limit. Each row says what, for whom, why, and who must still agree.
import { get } from "./api.js";
import { approve, refuse } from "./deeds.js";
import { button, h, reconcile } from "./dom.js";
import { plain, when } from "./format.js";
import { on, state, tell } from "./state.js";
import { W } from "./words.js";

const list = h("ul", { class: "approval-rows" });
const empty = h("p", { class: "empty", text: W.no_approvals });
export const approvals = h("section", { class: "view approvals", "aria-labelledby": "approvals-title", hidden: true }, h("h1", { id: "approvals-title", tabindex: -1, text: W.approvals }), list, empty);

const nameOf = (one) => one.remedy?.ref ?? one.remedy;

export async function fetchApprovals() {
  const said = await get("/desk/api/approvals").catch(() => null);
  if (!said) return;
  state.approvals = said.rows;
  draw();
  tell("approvals");
}

function draw() {
  empty.hidden = state.approvals.length > 0;
  reconcile(list, state.approvals.map((one) => ({ key: nameOf(one), sign: JSON.stringify(one), make: () => rowOf(one) })));
}

function rowOf(one) {
  const what = [plain(one.what), one.amount && !String(one.what).includes(one.amount) && one.amount].filter(Boolean).join(", ");
  const row = row_(one);
  const agreed = (one.agreed ?? []).map((found) => found.who);
  return h("li", { class: "approval-row" },
    h("div", { class: "about" }, h("h2", { tabindex: -1, "data-focus": "row", text: what }),
      h("p", {}, h("b", { text: row?.customer || W.somebody("") }), " · ", h("a", { href: `#/chat/${encodeURIComponent(one.case)}`, text: one.case, "data-focus": "case" }), " · ", W.asked_by(one.asked_by, when(one.at))),
      one.reasons?.length > 0 && h("p", { text: [one.reasons].flat().map(plain).join(". ") }),
      h("p", { class: "soft" }, [one.lacking > 0 && W.lacking(one.lacking), agreed.length > 0 && W.agreed(agreed.join(", ")), one.due_at && W.due(when(one.due_at)), nameOf(one)].filter(Boolean).join(" · ")),
      !one.may && one.why_not && h("p", { class: "why-not", text: one.why_not })),
    h("div", { class: "row-deeds" }, one.may && button("strong", W.approve, () => approve({ ...one, ref: nameOf(one) }), { "data-focus": "approve", "aria-label": `${W.approve}: ${what}`, title: "y" }),
      one.may && button("quiet", W.refuse, () => refuse({ ...one, ref: nameOf(one) }), { "data-focus": "refuse", "aria-label": `${W.refuse}: ${what}`, title: "x" })));
}

function row_(one) { return state.rows.get(one.case); }
function at() { return [...list.children].findIndex((one) => one.contains(document.activeElement)); }

on("approvals-move", (by) => {
  const to = Math.min(Math.max(at() + by, 0), list.children.length - 1);
  list.children[to]?.querySelector("h2").focus();
});
on("approvals-deed", (deed) => {
  const found = state.approvals.find((one) => nameOf(one) === list.children[Math.max(at(), 0)]?.dataset.key);
  if (found?.may) (deed === "approve" ? approve : refuse)({ ...found, ref: nameOf(found) });
});
on("remedies", fetchApprovals);
