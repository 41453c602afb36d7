// Erasing a customer: what it would do is shown, and the reference is typed once more.
import { caseAt, post } from "./api.js";
import { ask } from "./dialogs.js";
import { h } from "./dom.js";
import { say, tried } from "./saying.js";
import { state } from "./state.js";
import { refresh } from "./thread.js";
import { W } from "./words.js";

export async function erase() {
  const ref = state.open;
  const found = await tried(() => post(caseAt(ref, "erase/preview")));
  if (!found) return;
  const notes = [
    W.erase_reach(found.cases, found.chats, found.records), found.shared && W.erase_shared(found.shared), found.naming && W.erase_naming(found.naming),
    found.others.length && W.erase_others(found.others), W.erase_stays,
  ].filter(Boolean);
  ask({ title: W.erase_title, danger: true, confirm: W.erase, intro: W.erase_intro, fields: [
    ...(found.open.length ? [{ name: "also_open", label: W.erase_open(found.open), type: "checks", options: [["yes", W.erase_also_open]] }] : []),
    { name: "confirm", label: W.erase_confirm(ref), required: true, attributes: { autocomplete: "off" } },
  ], more: [h("ul", { class: "plain" }, notes.map((text) => h("li", { text })))], act: async (values) => {
    await post(caseAt(ref, "erase"), { confirm: values.confirm, also_open: Boolean(values.also_open?.length) });
    say(W.erase_done);
    refresh();
  } });
}
