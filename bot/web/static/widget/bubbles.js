// One message as elements. Words are only ever text: nothing a customer, a shop or a server says becomes markup.
const ADDRESS = /(?:https?:\/\/|mailto:)[^\s<>"'\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gi;
const SAFE = new Set(["http:", "https:", "mailto:"]);

/** An element with a class, text and children. */
export function make(tag, name, text, ...children) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text) made.textContent = text;
  made.append(...children);
  return made;
}

export function button(name, text, act) {
  const made = make("button", name, text);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

/** The text with its addresses as links; anything but http, https and mailto stays text. */
export function withLinks(text) {
  const parts = [];
  let at = 0;
  for (const found of text.matchAll(ADDRESS)) {
    const said = found[0].replace(/[.,;:!?)\]}]+$/, "");
    const link = safeLink(said);
    if (!link) continue;
    parts.push(text.slice(at, found.index), link);
    at = found.index + said.length;
  }
  return [...parts, text.slice(at)];
}

function safeLink(said) {
  let url;
  try { url = new URL(said); } catch { return null; }
  if (!SAFE.has(url.protocol) || url.username || url.password) return null;
  const link = make("a", "", said);
  link.href = url.href;
  link.target = "_blank";
  link.rel = "noopener noreferrer nofollow";
  link.dir = "ltr";
  return link;
}

/** A bubble; its state line is filled by `showState`. */
export function bubble(message, words) {
  const mine = message.author === "customer";
  const by = make("span", mine ? "hidden" : "by", mine ? words.say("by_customer") : message.agent || byWhom(message.author, words));
  const said = make("div", "bubble", "", ...withLinks(message.card?.text || message.text));
  said.dir = "auto";
  return make("div", `said ${message.author}`, "", by, said);
}

function byWhom(author, words) {
  return author === "system" ? "" : words.say(author === "agent" ? "by_agent" : "by_assistant");
}

/** What became of one of the customer's own: "sending", "sent", "read", "waiting", or "failed" with the server's reason. */
export function showState(node, state, reason, words, actions) {
  const key = `${state}${reason || ""}`;
  if ((node.dataset.state || "") === key) return;
  node.dataset.state = key;
  node.querySelector(".state")?.remove();
  if (!state) return;
  const line = make("span", `state ${state}`, words.say(`state_${state}`));
  if (reason) line.append(` ${reason}`);
  for (const [name, act] of actions) line.append(" ", button("plain", words.say(name), act));
  node.append(line);
}
