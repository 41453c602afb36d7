// <amends-chat>: the launcher and the panel. `open` makes it fill the place where the page puts it.
import { bring, goOn, tokenOfAddress, whoIs } from "./back.js";
import { bubble, button, make, showState } from "./bubbles.js";
import { inCards, showCard } from "./cards.js";
import { Tray, showFiles } from "./files.js";
import { tab } from "./keep.js";
import { Sound } from "./sound.js";
import { GONE, Talk } from "./talk.js";
import { wordsFor } from "./words.js";

const LONGEST = 4000; // characters the server keeps of one message
const script = document.currentScript;
const sheet = new CSSStyleSheet();
sheet.replaceSync(SHEET);

class AmendsChat extends HTMLElement {
  static observedAttributes = ["lang", "name"];
  #root = this.attachShadow({ mode: "open" });
  #identity = null;
  #nodes = new Map();
  #shown = false;
  #sound = new Sound();
  #tray = new Tray(() => this.talk, () => this.words, (text) => say(this.notice, text));

  connectedCallback() {
    this.#root.adoptedStyleSheets = [sheet];
    this.#build();
    this.#start();
    if (tab.get("amends:shown")) this.show(false);
    this.langs = new MutationObserver(() => this.#build());
    this.langs.observe(document.documentElement, { attributeFilter: ["lang"] });
    this.seeing = () => this.#see();
    document.addEventListener("visibilitychange", this.seeing);
    this.returning = () => this.#comeBack();
    addEventListener("hashchange", this.returning);
    this.#comeBack();
  }

  disconnectedCallback() {
    this.talk?.close();
    this.langs?.disconnect();
    document.removeEventListener("visibilitychange", this.seeing);
    removeEventListener("hashchange", this.returning);
  }

  attributeChangedCallback() {
    if (this.talk) this.#build();
  }

  /** The identity that the shop signed for its visitor (a short JWT), or null. Another person has another conversation. */
  set identity(jwt) {
    const before = whoIs(this.#identity);
    this.#identity = jwt || null;
    if (this.talk && whoIs(jwt) !== before) this.#start();
  }

  get #fills() { return this.hasAttribute("open"); }

  show(andFocus = true) {
    this.#shown = true;
    tab.set("amends:shown", "1");
    this.#render();
    this.#toEnd();
    if (andFocus) this.field.focus();
  }

  hide() {
    if (this.#fills || !this.#shown) return;
    this.#shown = false;
    tab.set("amends:shown", "");
    this.#render();
    this.launcher.focus();
  }

  #start() {
    const before = this.talk;
    before?.close();
    this.#nodes.clear();
    this.log.replaceChildren();
    const base = this.getAttribute("server") || (script ? new URL(script.src).origin : location.origin);
    this.talk = new Talk(base, whoIs(this.#identity), () => this.#identity, () => this.#render());
    bring(() => this.talk, before);
    this.#render();
  }

  // -- building --------------------------------------------------------------------------------------------------

  #build() {
    const words = this.words = wordsFor(this.lang || document.documentElement.lang);
    const draft = this.field?.value || "";
    this.launcher = button("launcher", "", () => (this.#shown ? this.hide() : this.show()));
    this.badge = make("span", "badge");
    this.badge.setAttribute("aria-hidden", "true");
    this.launcher.append(make("span", "mark"), this.badge);
    this.panel = make("section", "panel", "", this.#header(), this.#notices(), this.#scroll(), this.#form());
    this.panel.id = "panel";
    this.panel.setAttribute("aria-label", words.say("title", { shop: this.getAttribute("name") || "" }));
    if (!this.#fills) this.panel.setAttribute("role", "dialog");
    this.panel.addEventListener("keydown", (event) => this.#keys(event));
    this.#tray.listen(this.panel);
    const wrap = make("div", `wrap${this.#fills ? " fills" : ""}`, "", this.panel, ...(this.#fills ? [] : [this.launcher]));
    wrap.lang = words.code;
    wrap.dir = words.dir;
    this.#root.replaceChildren(wrap);
    this.#nodes.clear();
    this.field.value = draft;
    this.#render();
  }

  #header() {
    const { say } = this.words;
    this.handler = make("p", "handler");
    this.person = button("quiet", say("person"), () => this.#say({ text: say("person_says") }));
    this.more = button("icon more", "", () => this.#toggle(this.menu));
    label(this.more, say("more"));
    this.more.setAttribute("aria-expanded", "false");
    const closes = button("icon close", "", () => this.hide());
    label(closes, say("close"));
    const title = make("h2", "", this.getAttribute("name") || say("title", { shop: "" }).trim());
    this.menu = make("div", "menu", "", button("quiet", say("again"), () => this.#askAgain()),
      button("quiet", say("transcript"), () => this.#transcript()), this.#sound.toggle(button("quiet sound"), say("sound")));
    this.menu.hidden = true;
    const top = make("div", "top", "", title, this.more, ...(this.#fills ? [] : [closes]));
    return make("div", "head", "", top, make("div", "top", "", this.handler, this.person), this.menu);
  }

  #notices() {
    this.notice = make("p", "notice");
    this.notice.setAttribute("role", "status");
    this.trouble = make("p", "notice bad");
    this.trouble.setAttribute("role", "status");
    this.asks = make("div", "asks");
    this.asks.hidden = true;
    return make("div", "notices", "", this.trouble, this.notice, this.asks);
  }

  #scroll() {
    const { say } = this.words;
    this.intro = make("p", "intro", say("intro"));
    this.log = make("div", "log");
    for (const [name, value] of [["role", "log"], ["aria-live", "polite"], ["aria-label", say("conversation")]]) this.log.setAttribute(name, value);
    this.typing = make("p", "typing", "", make("span", "dots", "", make("i"), make("i"), make("i")), make("span", "", say("typing")));
    this.typing.firstChild.setAttribute("aria-hidden", "true");
    this.scroll = make("div", "scroll", "", this.intro, this.log, this.typing);
    this.scroll.tabIndex = 0;
    this.scroll.setAttribute("role", "region");
    this.scroll.setAttribute("aria-label", say("conversation"));
    return this.scroll;
  }

  #form() {
    const { say } = this.words;
    this.choices = make("div", "choices");
    this.choices.setAttribute("role", "group");
    this.choices.setAttribute("aria-label", say("suggested"));
    this.field = make("textarea");
    this.field.rows = 1;
    this.field.placeholder = say("placeholder");
    this.field.dir = "auto";
    this.field.setAttribute("aria-label", say("your_message"));
    this.field.setAttribute("enterkeyhint", "send");
    this.field.setAttribute("aria-describedby", "long");
    this.field.addEventListener("input", () => this.#fit());
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    });
    this.long = make("p", "long");
    this.long.id = "long";
    this.long.setAttribute("role", "status");
    const sends = button("send", say("send"), () => this.#submit());
    return make("div", "form", "", this.choices, this.#tray.list, this.long, make("div", "row", "", ...this.#tray.picker(), this.field, sends));
  }

  // -- showing ---------------------------------------------------------------------------------------------------

  #render() {
    const { talk, words } = this;
    if (!talk || !this.log) return;
    const visible = this.#fills || this.#shown;
    this.panel.hidden = !visible;
    this.launcher.setAttribute("aria-expanded", String(visible));
    const unread = visible ? 0 : talk.unread;
    label(this.launcher, visible ? words.say("close") : unread ? words.say("open_unread", { count: unread }) : words.say("open"));
    this.badge.textContent = unread ? String(Math.min(unread, 99)) : "";
    const follow = this.#atEnd();
    const fresh = this.#showBubbles();
    this.#sound.listen(talk);
    this.#showChoices();
    this.#showHandler();
    this.intro.hidden = this.#nodes.size > 0;
    this.typing.hidden = !talk.isAnswering;
    say(this.trouble, talk.trouble || talk.stuck > 1 ? words.say("offline") : "");
    this.log.setAttribute("aria-busy", String(!talk.loaded));
    if (follow) this.#toEnd(fresh);
    this.#see();
  }

  /** Puts the bubbles in order; those that are there already stay as they are. Gives the first new one that is not the customer's. */
  #showBubbles() {
    const { talk } = this;
    const shown = [...talk.messages, ...talk.ahead, ...talk.outbox];
    const keys = shown.map(keyOf);
    const wanted = new Set(keys);
    for (const [key, node] of this.#nodes) if (!wanted.has(key)) { node.remove(); this.#nodes.delete(key); }
    let before = null, fresh = null;
    shown.forEach((one, index) => {
      let node = this.#nodes.get(keys[index]);
      if (!node) {
        this.#nodes.set(keys[index], (node = bubble({ author: "customer", ...one }, this.words)));
        if (one.files?.length) showFiles(node, one.files, this.words, (file) => talk.blobOf(file), this.panel.parentNode);
        if (one.seq && one.author !== "customer") fresh ??= node;
      }
      const next = before ? before.nextSibling : this.log.firstChild;
      if (next !== node) this.log.insertBefore(node, next);
      before = node;
    });
    this.#showCards();
    this.#showStates();
    return fresh;
  }

  #showCards() {
    const { talk } = this;
    for (const one of talk.messages.filter((some) => some.card)) {
      const take = (choice) => this.#say({ choice: choice.id, text: choice.label });
      if (showCard(this.#nodes.get(keyOf(one)), one.card, talk.choices, this.words, take)) this.#keepFocus();
    }
  }

  #showStates() {
    const { talk } = this;
    const mine = [...talk.messages, ...talk.ahead].filter((one) => one.author === "customer");
    const newest = mine[mine.length - 1];
    for (const one of mine) {
      const isRead = one.seq <= (talk.page.read || 0) || one.state === "read";
      showState(this.#nodes.get(keyOf(one)), one === newest ? (isRead ? "read" : "sent") : "", "", this.words, []);
    }
    for (const one of talk.outbox) {
      const again = ["try_again", () => { talk.tryAgain(one.client_id); this.#keepFocus(); }];
      const removes = ["remove", () => { talk.remove(one.client_id); this.#keepFocus(); }];
      const said = this.words.told({ code: one.why, message: one.refused });
      const reason = said === "-" ? "" : said === GONE ? this.words.say("file_gone") : said;
      const state = one.refused ? "failed" : talk.stuck ? "waiting" : "sending";
      showState(this.#nodes.get(keyOf(one)), state, reason, this.words, one.refused ? [again, removes] : talk.stuck ? [again] : []);
    }
  }

  #showChoices() {
    const there = inCards(this.talk.messages, this.talk.choices);
    const choices = this.talk.choices.filter((one) => !there.has(one.id));
    const key = JSON.stringify(choices);
    if (this.choices.dataset.key === key) return;
    this.choices.dataset.key = key;
    const had = this.choices.contains(this.#root.activeElement);
    this.choices.replaceChildren(...choices.map((one) => {
      const made = button("choice", one.label, () => this.#say({ choice: one.id, text: one.label }));
      made.dir = "auto";
      return made;
    }));
    if (had) this.#keepFocus();
  }

  #showHandler() {
    const { say, time } = this.words;
    const { handler, agent, wait } = this.talk.page;
    const parts = [say(Object.hasOwn(HANDLERS, handler) ? HANDLERS[handler] : HANDLERS.assistant, { agent: agent || say("by_agent") })];
    if (handler === "queue" && wait?.position) parts.push(say("wait_place", { position: wait.position }));
    if (handler === "queue" && wait?.until) parts.push(say("wait_until", { until: time(wait.until) }));
    this.handler.textContent = parts.join(" · ");
    this.handler.dataset.handler = handler;
    this.person.hidden = handler === "queue" || handler === "agent";
  }

  // -- doing -----------------------------------------------------------------------------------------------------

  #say(message) {
    say(this.notice, "");
    this.talk.send(message);
    this.#toEnd();
    this.#keepFocus();
  }

  #submit() {
    const text = this.field.value.trim();
    if ((!text && this.#tray.isEmpty) || this.#over(text) > 0) return;
    const files = this.#tray.take();
    this.field.value = "";
    this.#fit();
    this.#say({ text, ...(files.length && { files }) });
  }

  #over(text) { return Array.from(text).length - LONGEST; }

  #fit() {
    const { field } = this;
    field.rows = 1;
    field.rows = Math.min(5, Math.max(1, Math.round((field.scrollHeight - 18) / 23.2))); // padding and line, as in widget.css
    const over = this.#over(field.value.trim());
    say(this.long, over > 0 ? this.words.say("too_long", { over }) : "");
  }

  /** Where the button in focus goes away: to the field, or on a touch screen to the words, so that no keyboard pops up. */
  #keepFocus() {
    if (this.#root.activeElement === this.field) return;
    (matchMedia("(pointer: coarse)").matches ? this.scroll : this.field).focus({ preventScroll: true });
  }

  #toggle(menu) {
    menu.hidden = !menu.hidden;
    this.more.setAttribute("aria-expanded", String(!menu.hidden));
    if (!menu.hidden) menu.querySelector("button").focus();
  }

  #askAgain() {
    const { say } = this.words;
    this.#toggle(this.menu);
    const done = () => { this.asks.hidden = true; this.#keepFocus(); };
    this.asks.replaceChildren(make("p", "", say("again_ask")), button("strong", say("again_yes"), () => { this.talk.startAgain(); done(); }),
      button("quiet", say("again_no"), done));
    this.asks.hidden = false;
    this.asks.querySelector("button").focus();
  }

  async #comeBack() {
    const token = tokenOfAddress();
    if (token === null) return;
    this.show();
    await goOn(() => this.talk, token).catch((error) => say(this.notice, this.words.told(error) || this.words.say("offline")));
  }

  async #transcript() {
    this.#toggle(this.menu);
    this.more.focus();
    try {
      await this.talk.transcript();
      say(this.notice, this.words.say("transcript_sent"));
    } catch (error) {
      say(this.notice, error.status === 0 ? this.words.say("offline") : error.status === 404 ? this.words.say("transcript_none") : this.words.told(error));
    }
  }

  #keys(event) {
    if (event.key === "Escape") {
      event.stopPropagation();
      if (!this.asks.hidden) { this.asks.hidden = true; this.#keepFocus(); }
      else if (!this.menu.hidden) { this.#toggle(this.menu); this.more.focus(); }
      else this.hide();
    }
    if (event.key === "Tab" && !this.#fills && matchMedia(SMALL).matches) this.#goRound(event);
  }

  /** On a phone the panel covers the page, so Tab stays in it. */
  #goRound(event) {
    const stops = [...this.panel.querySelectorAll("button, textarea, a, [tabindex='0']")].filter((one) => one.checkVisibility());
    const edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
    if (this.#root.activeElement !== edge) return;
    event.preventDefault();
    (event.shiftKey ? stops[stops.length - 1] : stops[0]).focus();
  }

  #see() {
    if ((this.#fills || this.#shown) && !document.hidden) this.talk.see();
  }

  #atEnd() { return this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < 120; }

  /** To the newest words; where those are longer than the panel, to their beginning. */
  #toEnd(fresh) {
    const { scroll } = this;
    const end = scroll.scrollHeight - scroll.clientHeight;
    scroll.scrollTop = fresh ? Math.min(end, fresh.offsetTop - 8) : end;
  }
}

const SMALL = "(max-width: 480px), (max-height: 480px)"; // as in widget.css
const HANDLERS = { assistant: "handler_assistant", queue: "handler_queue", agent: "handler_agent", nobody: "handler_nobody" };
const keyOf = (one) => one.client_id || `seq:${one.seq}`;

function label(made, text) {
  made.setAttribute("aria-label", text);
  made.title = text;
}

/** Shows a line, or takes it away where there is nothing to say. Only a change is announced. */
function say(line, text) {
  if (line.textContent !== text) line.textContent = text;
}

if (!customElements.get("amends-chat")) {
  customElements.define("amends-chat", AmendsChat);
  if (script && !document.querySelector("amends-chat")) {
    const chat = document.createElement("amends-chat");
    for (const name of ["name", "lang", "server"]) if (script.dataset[name]) chat.setAttribute(name, script.dataset[name]);
    chat.identity = script.dataset.identity;
    document.body.append(chat);
  }
}
