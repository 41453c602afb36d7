// Granting a remedy: what it does and what the customer will read is seen before anything is done.
import { caseAt, post } from "./api.js";
import { field, open } from "./dialogs.js";
import { button, fill, h, later } from "./dom.js";
import { named, plain } from "./format.js";
import { say } from "./saying.js";
import { state } from "./state.js";
import { refresh } from "./thread.js";
import { W } from "./words.js";

const MONEY = new Set(["refund", "partial_refund", "voucher"]);
const ITEMS = new Set(["replacement", "refund", "partial_refund", "redelivery", "repair"]);
const PREVIEW_AFTER = 350; // ms

/** Opens the dialog; `way` is one that policy allows, to begin with. */
export function grantRemedy(way = null) {
  const about = state.case;
  if (about?.ref !== state.open || !about) return;
  const order = about.order, kinds = Object.entries(W.kinds), first = way ?? about.verdict?.allowed?.[0] ?? { kind: "refund" };
  const currency = first.currency ?? about.may_grant?.currency ?? order?.currency ?? "USD";
  open(W.remedy_title, (close) => {
    let agreed = null, asking = 0; // what was previewed last, exactly as it will be asked for
    const kind = field({ name: "kind", label: W.remedy_kind, type: "select", options: kinds, value: first.kind });
    const amount = field({ name: "amount", label: `${W.remedy_amount} (${currency})`, value: first.value ?? figure(first.amount), attributes: { inputmode: "decimal", autocomplete: "off" } });
    const lines = field({ name: "lines", label: W.remedy_lines, type: "checks", options: (order?.items ?? []).map((item) => [String(item.line), `${W.quantity(item.quantity)} ${item.name}${item.price ? `, ${item.price}` : ""}`]), value: firstLines(first, about) });
    const reason = field({ name: "reason", label: W.remedy_reason, value: reasonOf(first), required: true });
    const effect = h("div", { class: "preview", "aria-live": "polite" }), problem = h("p", { class: "problem", role: "alert" });
    const strong = h("button", { type: "submit", class: "strong", text: W.confirm_remedy(""), disabled: true });
    const form = h("form", { method: "dialog" }, kind.whole, amount.whole, order?.items?.length && lines.whole, reason.whole, h("h3", { text: W.preview }), effect, problem, h("div", { class: "dialog-deeds" }, button("quiet", W.cancel, close), strong));
    const asked = () => ({
      kind: kind.read(), amount: MONEY.has(kind.read()) ? amount.read().replace(",", ".") || null : null, currency: MONEY.has(kind.read()) ? currency : null,
      lines: ITEMS.has(kind.read()) && order?.items?.length ? lines.read().map(Number) : [], reason: reason.read(),
    });
    const show = async () => {
      const mine = ++asking, what = asked();
      amount.whole.hidden = !MONEY.has(what.kind);
      lines.whole.hidden = !ITEMS.has(what.kind);
      const lacks = MONEY.has(what.kind) && !what.amount ? W.preview_amount : what.reason ? "" : W.preview_reason;
      if (lacks) {
        problem.textContent = "";
        strong.disabled = true;
        strong.textContent = W.confirm_remedy(named(W.kinds, what.kind).toLowerCase());
        return fill(effect, h("p", { class: "soft", text: lacks }));
      }
      let said;
      try { said = await post(caseAt(about.ref, "grant/preview"), what); } catch (refusal) { said = { problem: refusal.message }; }
      if (mine !== asking) return;
      agreed = said.problem ? null : { ...what, digest: said.digest };
      problem.textContent = said.problem ?? "";
      strong.disabled = Boolean(said.problem);
      strong.textContent = said.needs_approval ? W.ask_approval : W.confirm_remedy(named(W.kinds, what.kind).toLowerCase());
      fill(effect, !said.problem && [h("p", { class: "what", text: W.preview_effect }), h("p", { text: said.effect }), said.warnings?.length > 0 && h("p", { class: "needs", text: said.warnings.join(" ") }), said.text && [h("p", { class: "what", text: W.preview_text }), h("p", { class: "quote", text: said.text })],
        h("p", { class: said.needs_approval ? "needs" : "alone", text: said.needs_approval ? W.preview_approval(said.by ? plain(said.by).replace(/^./, (one) => one.toLowerCase()) : named(W.roles, "lead").toLowerCase()) : W.preview_alone })]);
    };
    const soon = later(PREVIEW_AFTER, show);
    form.addEventListener("input", () => {
      strong.disabled = true; // until what is seen is what will be done
      agreed = null;
      asking += 1;
      soon();
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (!agreed) return;
      strong.disabled = true;
      try {
        const done = await post(caseAt(about.ref, "grant"), agreed);
        close();
        say(done.state === "needs_approval" || done.needs_approval ? W.asked_approval : W.granted);
        refresh();
      } catch (refusal) {
        if (refusal.status === undefined) throw refusal;
        problem.textContent = refusal.message;
        strong.disabled = refusal.status === 409;
      }
    });
    fill(effect, h("p", { class: "soft", text: W.preview_wait }));
    show();
    return form;
  }, "wide");
}

function figure(amount) { return /[\d.,]+/.exec(String(amount ?? ""))?.[0] ?? ""; }
function reasonOf(way) { return [way.reasons ?? []].flat().filter(Boolean).map(plain).join("; ").slice(0, 200); }

/** The items the case is about, where it says so; else all. */
function firstLines(way, about) {
  if (way.lines?.length) return way.lines.map(String);
  const named_ = (way.lines ? [way.lines].flat() : (about.facts ?? []).filter((one) => one.name === "items").flatMap((one) => String(one.value).split(","))).map((one) => String(one).trim().toLowerCase());
  const items = about.order?.items ?? [];
  const found = items.filter((item) => named_.includes(String(item.line).toLowerCase()) || named_.some((text) => text && text.includes(item.name.toLowerCase())));
  return (found.length ? found : items).map((item) => String(item.line));
}
