// Which facts can be corrected, and with what kind of field.
import { W } from "./words.js";

export const EDITABLE = new Set(["issue", "order_number", "items", "quantity", "wish", "email", "phone", "postcode", "what_happened", "person_name", "product", "amount", "date"]);

/** The field for a fact's value; its `read` gives what the desk's door takes. */
export function fieldOf(name, value, about) {
  const base = { name: "value", label: W.fact_names[name] ?? W.fact_value, value: value ?? "" };
  if (name === "issue") return { ...base, type: "select", options: Object.entries(W.issues), value: value || about?.issue || "other_complaint" };
  if (name === "wish") return { ...base, type: "select", options: Object.entries(W.kinds), value: value || "refund" };
  if (name === "items") return { ...base, type: "checks", options: (about?.order?.items ?? []).map((one) => [String(one.line), `${W.quantity(one.quantity)} ${one.name}`]), value: String(value ?? "").split(",").map((one) => one.trim()) };
  return { ...base, type: name === "what_happened" ? "textarea" : "text", attributes: name === "quantity" ? { inputmode: "numeric" } : {} };
}
