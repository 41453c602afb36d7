// The website chat: sends, reads, and resumes after a reload. The server's sequence numbers are the only order.
"use strict";

const KEY = "amends.token";
const WAIT_S = 20;
const NAMES = { assistant: "Automated assistant", agent: "A person", system: "", customer: "You" };
const STATES = { sending: "Sending", sent: "Sent", failed: "Not sent." };
const byId = (id) => document.getElementById(id);
const log = byId("log"), form = byId("form"), field = byId("text"), main = document.querySelector("main");

let token = read(KEY);
let after = 0; // the last message shown from the server
let epoch = 0; // grows when a new conversation begins, so that an old read ends
let lastReply = 0; // the newest message to us
let answering = false; // a turn of the assistant is under way
let handler = "assistant";
const shown = new Set(); // sequence numbers of our own messages already on the page

function read(key) {
  try { return localStorage.getItem(key); } catch { return null; }
}

function keep(key, value) {
  try { value ? localStorage.setItem(key, value) : localStorage.removeItem(key); } catch { /* the chat works without, until a reload */ }
}

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
}

async function call(method, path, body) {
  const headers = { "content-type": "application/json" };
  if (token) headers.authorization = `Bearer ${token}`;
  const answer = await fetch(path, { method, headers, body: body ? JSON.stringify(body) : undefined });
  const content = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(content.error || "The chat did not answer."), { status: answer.status });
  return content;
}

async function open() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  token = null;
  token = (await call("POST", "/api/conversations", { time_zone: zone })).token;
  keep(KEY, token);
  epoch += 1;
  listen(epoch);
}

let opening = null;
function ready() {
  if (token) return Promise.resolve();
  opening = opening || open().finally(() => { opening = null; });
  return opening;
}

function forget() {
  token = null;
  keep(KEY, null);
  after = 0;
  lastReply = 0;
  epoch += 1;
  shown.clear();
}

function atEnd() {
  return main.scrollHeight - main.scrollTop - main.clientHeight < 80;
}

function toEnd() {
  main.scrollTop = main.scrollHeight;
}

function bubble(author, text, name) {
  const follow = atEnd() || author === "customer";
  const said = document.createElement("div");
  said.className = `said ${author}`;
  const by = document.createElement("span");
  by.className = author === "customer" ? "hidden" : "by";
  by.textContent = name || NAMES[author];
  const words = document.createElement("div");
  words.className = "bubble";
  words.textContent = text;
  said.append(by, words);
  log.append(said);
  byId("intro").hidden = true;
  if (follow) toEnd();
  return said;
}

function setState(said, state, words, again) {
  let line = said.querySelector(".state");
  if (!line) {
    line = document.createElement("span");
    said.append(line);
  }
  line.className = `state ${state}`;
  line.textContent = words || STATES[state];
  if (again) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Try again";
    button.addEventListener("click", again);
    line.append(" ", button);
    toEnd();
  }
  // Only the newest of ours says that it was sent.
  if (state === "sent") for (const old of log.querySelectorAll(".state.sent")) if (old !== line) old.remove();
}

function showTyping() {
  const follow = atEnd();
  byId("typing").hidden = !(answering && handler === "assistant");
  if (follow) toEnd();
}

function showHandler(agent) {
  const words = { assistant: "Automated assistant", queue: "Waiting for a person", agent: `${agent || "A person"} is with you`, nobody: "Closed" };
  byId("handler").textContent = words[handler] || words.assistant;
  byId("person").hidden = handler === "queue" || handler === "agent";
}

function showChoices(choices) {
  const follow = atEnd();
  byId("choices").replaceChildren(...choices.map((choice) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = choice.label;
    button.addEventListener("click", () => { field.focus(); send({ choice: choice.id, text: choice.label }); });
    return button;
  }));
  if (follow) toEnd();
}

function trouble(words) {
  byId("trouble").textContent = words || "";
  byId("trouble").hidden = !words;
}

// Sends one message under an id of its own: sent again after a failure, it is still one message.
function send(message) {
  const said = bubble("customer", message.text);
  const body = { client_id: newId(), ...message };
  showChoices([]);
  const attempt = async () => {
    setState(said, "sending");
    try {
      await ready();
      const kept = await call("POST", "/api/messages", body);
      if (shown.has(kept.seq)) { said.remove(); return; }
      shown.add(kept.seq);
      said.dataset.seq = kept.seq;
      setState(said, "sent");
      if (kept.seq > lastReply) answering = true;
      showTyping();
    } catch (error) {
      if (error.status === 401 || error.status === 404) forget();
      const refused = error.status >= 400 && error.status < 500 && error.status !== 401 && error.status !== 404;
      setState(said, "failed", refused ? `${STATES.failed} ${error.message}` : STATES.failed, attempt);
    }
  };
  attempt();
}

function show(page) {
  let choices = null;
  handler = page.handler;
  for (const one of page.messages) {
    if (one.seq <= after) continue;
    after = one.seq;
    if (one.author === "customer") {
      if (!shown.has(one.seq) && !pending(one.text)) { bubble("customer", one.text); shown.add(one.seq); choices = []; }
    } else {
      lastReply = one.seq;
      answering = page.typing;
      bubble(one.author, one.text, one.agent);
      choices = one.choices;
    }
  }
  if (choices) showChoices(choices);
  showHandler(page.agent);
  showTyping();
}

// A message of ours whose answer "kept under number n" has not come yet: it is on the page already.
function pending(text) {
  return [...log.querySelectorAll(".said.customer")].some(
    (said) => !said.dataset.seq && said.querySelector(".state.sending") && said.querySelector(".bubble").textContent === text);
}

async function listen(mine) {
  let wait = 0;
  while (mine === epoch) {
    try {
      const page = await call("GET", `/api/messages?after=${after}&wait=${wait}`);
      if (mine !== epoch) return;
      show(page);
      trouble("");
      wait = WAIT_S;
    } catch (error) {
      if (mine !== epoch) return;
      if (error.status === 401 || error.status === 404) { forget(); return; }
      trouble("No connection. Trying again.");
      await new Promise((done) => setTimeout(done, 2000));
    }
  }
}

async function demo() {
  if (document.body.dataset.mode !== "try") return;
  const { orders } = await call("GET", "/api/demo").catch(() => ({ orders: [] }));
  byId("orders").replaceChildren(...orders.map((order) => {
    const line = document.createElement("li");
    const number = document.createElement("code");
    number.textContent = order.number;
    line.append(number, ` of ${order.email}: ${order.items.join(", ")} (${order.status})`);
    return line;
  }));
  byId("try").hidden = orders.length === 0;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = field.value.trim();
  if (!text) return;
  field.value = "";
  fit();
  send({ text });
});

field.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});

function fit() {
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight + 2, 144)}px`;
}

field.addEventListener("input", fit);
byId("person").addEventListener("click", () => send({ text: "I want to talk to a person." }));

demo();
if (token) listen(epoch);
field.focus();
