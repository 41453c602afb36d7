// A card: what a message says, laid out in rows. A row whose choice is open is a button; else it is there to be read.
import { button, make } from "./bubbles.js";

/** The ids of the open choices that stand in these messages' cards. */
export function inCards(messages, open) {
  const ids = new Set(messages.flatMap((one) => one.card?.rows || []).map((row) => row.choice));
  return new Set(open.map((one) => one.id).filter((id) => ids.has(id)));
}

/** Draws the message's card anew where its open choices changed; `take(choice)` sends one. True where the focus was in it. */
export function showCard(node, card, open, words, take) {
  const choices = new Map(open.map((one) => [one.id, one]));
  const key = card.rows.map((row) => choices.has(row.choice)).join();
  const old = node.querySelector(".card");
  if (old?.dataset.key === key) return false;
  const made = card.kind === "review" ? facts(card, choices, words, take) : picks(card, choices, take);
  made.dataset.key = key;
  made.setAttribute("role", "group");
  made.setAttribute("aria-label", words.say(`card_${card.kind}`));
  const had = old?.contains(node.getRootNode().activeElement);
  if (old) old.replaceWith(made);
  else node.append(made);
  return Boolean(had);
}

function spans(row) {
  return ["label", "value", "detail"].filter((name) => row[name]).map((name) => auto("span", name, row[name]));
}

function auto(tag, name, text) {
  const made = make(tag, name, text);
  made.dir = "auto";
  return made;
}

/** Things to choose from: the whole row is the button. */
function picks(card, choices, take) {
  const list = make("ul");
  list.setAttribute("role", "list");
  for (const row of card.rows) {
    const choice = choices.get(row.choice);
    const shown = choice ? button("choice pick", "", () => take(choice)) : make("div", "pick");
    shown.append(...spans(row));
    list.append(make("li", "", "", shown));
  }
  return make("div", "card", "", list);
}

/** Facts, each with a button to change it. */
function facts(card, choices, { say }, take) {
  const list = make("dl");
  for (const row of card.rows) {
    const choice = choices.get(row.choice);
    const line = make("div", "fact", "", auto("dt", "label", row.label), auto("dd", "value", row.value));
    if (choice) {
      const change = button("choice change", say("card_change"), () => take(choice));
      change.setAttribute("aria-label", `${say("card_change")}: ${row.label}`);
      line.append(make("dd", "", "", change));
    }
    list.append(line);
  }
  return make("div", "card", "", list);
}
