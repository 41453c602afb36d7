// One conversation as this tab knows it. The server's seq is the only order; what is not yet there waits in the outbox.
import { Bytes, Keep, alone, newId } from "./keep.js";
import { Line, Refused } from "./line.js";

const LONGEST_PAUSE_MS = 30000;
const LOOK_MS = 30000; // a tab that does not hold the line looks by itself so often
export const GONE = "gone"; // why a message is refused whose file this device has lost
const ANSWER_MS = 45000; // no longer is a turn taken to be under way without a word of it

/** The messages with their files to be sent anew. */
function afresh(messages) {
  for (const file of messages.flatMap((one) => one.files || [])) delete file.id;
  return messages;
}

export class Talk {
  /** `identity()` gives the shop's signed identity or nothing; `changed()` is called when there is something to show. */
  constructor(base, who, identity, changed) {
    Object.assign(this, { identity, changed, who, name: `amends:${base}:${who}:` });
    this.line = new Line(base);
    this.bytes = new Bytes();
    this.uploads = new Map();
    this.keep = new Keep(this.name, (name) => this.otherTab(name));
    try {
      this.tabs = new BroadcastChannel(this.name);
      this.tabs.onmessage = ({ data }) => this.fromTab(data);
    } catch { this.tabs = null; }
    this.wake = () => { this.hurry?.(); this.post(); };
    addEventListener("online", this.wake);
    this.readKept();
    this.begin();
  }

  close() {
    this.epoch?.abort();
    this.tabs?.close();
    this.keep.close();
    clearInterval(this.looking);
    removeEventListener("online", this.wake);
    this.changed = () => {};
  }

  /** Back to what the browser keeps: at the start, and when another tab began anew. */
  readKept() {
    this.token = this.keep.get("token");
    this.outbox = this.keep.get("outbox", []);
    this.seen = this.keep.get("seen", 0);
    this.messages = [];
    this.early = [];
    this.page = { handler: "assistant", agent: null, typing: false };
    this.loaded = !this.token;
    this.trouble = false;
    this.sentAt = 0;
  }

  otherTab(name) {
    if (name === "outbox") this.outbox = this.keep.get("outbox", []);
    if (name === "seen") this.seen = Math.max(this.seen, this.keep.get("seen", 0));
    if (name === "token" && this.keep.get("token") !== this.token) { this.readKept(); this.begin(); }
    this.changed();
    if (name === "outbox") this.post();
  }

  /** A page that the tab with the line had; taken only where nothing lies between it and what is here. */
  fromTab({ token, from, page }) {
    if (token !== this.token) return;
    if (from <= this.after) this.take(page, false);
    else this.look?.();
  }

  begin() {
    this.epoch?.abort();
    clearInterval(this.looking);
    this.epoch = new AbortController();
    if (this.token) this.listen(this.epoch.signal);
    if (this.outbox.length) this.post();
  }

  get after() { return this.messages.length ? this.messages[this.messages.length - 1].seq : 0; }

  get unread() { return this.messages.filter((one) => one.author !== "customer" && one.seq > this.seen).length; }

  /** The choices of the newest words to the customer, unless they have answered since. */
  get choices() {
    const last = this.messages[this.messages.length - 1];
    return this.outbox.length || !last || last.author === "customer" ? [] : last.choices;
  }

  /** Whether an answer of the assistant is under way. */
  get isAnswering() {
    if (this.page.handler !== "assistant") return false;
    const last = this.messages[this.messages.length - 1];
    return Boolean(this.page.typing || (last?.author === "customer" && Date.now() - this.sentAt < ANSWER_MS));
  }

  // -- reading ---------------------------------------------------------------------------------------------------

  async listen(signal) {
    const token = this.token;
    const take = (page) => { if (!signal.aborted) { this.take(page, true); this.failures = 0; } };
    const look = this.look = () => this.line.page(token, this.after, 0, signal).then(take).catch((error) => this.lost(error, signal));
    this.looking = setInterval(() => { if (!this.leads && !document.hidden) look(); }, LOOK_MS);
    setTimeout(() => { if (!this.leads && !signal.aborted) look(); }, 100); // another tab may hold the line
    const hold = async () => {
      this.leads = true;
      while (!signal.aborted) {
        try {
          await this.line.listen(token, () => this.after, take, signal);
        } catch (error) {
          if (!this.lost(error, signal)) await this.pause(signal);
        }
      }
      this.leads = false;
    };
    await alone(`${this.name}line`, hold, signal).catch(() => {});
  }

  /** True where the conversation is gone for good; else the line is away for a while. */
  lost(error, signal) {
    if (signal.aborted) return true;
    if (error.status === 401 || error.status === 404) { this.forget(); return true; }
    this.failures = (this.failures || 0) + 1;
    this.trouble = true;
    this.changed();
    return false;
  }

  /** Waits longer after each failure in a row; shorter when the browser says that it is online again. */
  pause(signal) {
    const longest = Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** Math.min(this.failures - 1, 6));
    return new Promise((done) => {
      this.hurry = done;
      setTimeout(done, longest * (0.75 + Math.random() / 2));
      signal.addEventListener("abort", done, { once: true });
    });
  }

  take(page, tell) {
    const from = this.after;
    const fresh = page.messages.filter((one) => !this.messages.some((old) => old.seq === one.seq));
    for (const one of page.messages) if (one.state) this.messages.filter((old) => old.seq === one.seq).forEach((old) => { old.state = one.state; });
    this.messages = [...this.messages, ...fresh].sort((a, b) => a.seq - b.seq);
    this.page = { ...page, messages: undefined };
    const here = new Set(fresh.map((one) => one.client_id));
    if (this.outbox.some((one) => here.has(one.client_id))) this.change((one) => !here.has(one.client_id));
    this.trouble = false;
    this.loaded = true;
    if (tell) this.tabs?.postMessage({ token: this.token, from, page });
    this.changed();
  }

  /** All words are on screen. */
  see() {
    if (!this.unread) return;
    this.seen = this.after;
    this.keep.set("seen", this.seen);
    if (!this.noSeen) this.line.call("POST", "/api/seen", this.token, { seq: this.seen }).catch((error) => { this.noSeen = error.status === 404; });
    this.changed();
  }

  // -- sending ---------------------------------------------------------------------------------------------------

  send(message) {
    for (const one of message.files || []) this.bytes.put(one.client_id, this.bytes.memory.get(one.client_id));
    this.change(() => true, { client_id: newId(), at: Date.now(), ...message });
    this.post();
  }

  /** Keeps those of the outbox that `stays` wants, as all tabs know them, and adds one. */
  change(stays, ...more) {
    this.outbox = [...this.keep.get("outbox", []).filter(stays), ...more];
    this.keep.set("outbox", this.outbox);
    this.changed();
  }

  tryAgain(client_id) {
    const again = this.outbox.filter((one) => one.client_id === client_id);
    again.forEach((one) => { one.refused = null; });
    afresh(again); // a file that waited for more than a day is not on the server any more
    this.keep.set("outbox", this.outbox);
    this.changed();
    clearTimeout(this.later);
    this.post();
  }

  remove(client_id) {
    this.letGo(this.outbox.find((one) => one.client_id === client_id)?.files);
    this.change((one) => one.client_id !== client_id);
  }

  /** Sends what waits, one after another and one tab at a time; each under its own id, so that twice is once. */
  async post() {
    if (this.posting) { this.more = true; return; }
    this.posting = true;
    try {
      do {
        this.more = false;
        await alone(`${this.name}post`, () => this.empty());
      } while (this.more);
      this.stuck = 0;
    } catch (error) {
      this.stuck = (this.stuck || 0) + 1;
      const wait = error.after ? error.after * 1000 : Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** Math.min(this.stuck - 1, 6));
      clearTimeout(this.later);
      this.later = setTimeout(() => this.post(), wait);
    } finally {
      this.posting = false;
      this.changed();
    }
  }

  async empty() {
    for (;;) {
      this.outbox = this.keep.get("outbox", []);
      const next = this.outbox.find((one) => !one.refused);
      if (!next) return;
      try {
        await this.ready();
        const { at: _at, refused: _refused, why: _why, files = [], ...body } = next;
        const token = this.token;
        for (const file of files) await this.upload(file);
        if (files.length) body.files = files.map((one) => one.id);
        const kept = await this.line.call("POST", "/api/messages", token, body);
        if (token === this.token) this.kept(next, kept.seq); // else the customer has started again meanwhile
        this.letGo(files);
      } catch (error) {
        if (error.status === 401 || error.status === 404) this.forget();
        else if (error.status >= 400 && error.status < 500 && error.status !== 429) {
          this.change((one) => one.client_id !== next.client_id, { ...next, refused: error.message || "-", why: error.code });
          continue;
        }
        throw error;
      }
    }
  }

  // -- files -----------------------------------------------------------------------------------------------------

  /** Has a file of the message being written at hand, on this page alone. */
  hold(file) { this.bytes.memory.set(file.client_id, file.blob); }

  /** The browser need not keep these any longer; what is on the screen stays. */
  letGo(files = []) { for (const one of files) this.bytes.drop(one.client_id); }

  /** The file with its id on the server. One that is under way is not sent a second time. */
  upload(file, progress) {
    if (file.id) return file;
    let going = this.uploads.get(file.client_id);
    if (!going) {
      going = this.#put(file, progress).finally(() => this.uploads.delete(file.client_id));
      this.uploads.set(file.client_id, going);
    }
    return going.then((there) => Object.assign(file, there));
  }

  async #put(file, progress) {
    const blob = await this.bytes.get(file.client_id);
    if (!blob) throw new Refused(410, GONE);
    await this.ready();
    return this.line.upload(this.token, file, blob, progress);
  }

  /** A file's bytes, from this device or the server. */
  async blobOf(file) {
    const key = file.client_id || file.id;
    const blob = await this.bytes.get(key) || await this.line.file(this.token, file.id);
    this.bytes.memory.set(key, blob);
    return blob;
  }

  /** The server has it under this seq: it moves from the outbox to the conversation. */
  kept(one, seq) {
    this.sentAt = Date.now();
    this.stuck = 0;
    const at = new Date().toISOString();
    const message = { seq, author: "customer", text: one.text, files: one.files, choices: [], at, agent: null, client_id: one.client_id };
    // Words between the last one here and this one are still to be read, so the page decides; until then it shows as sent.
    if (seq === this.after + 1) this.messages = [...this.messages, message];
    else this.early = [...this.early.filter((old) => old.seq > this.after), message];
    this.change((other) => other.client_id !== one.client_id);
  }

  /** Sent, but with words before them that are not here yet. */
  get ahead() { return this.early.filter((one) => !this.messages.some((old) => old.seq === one.seq)); }

  /** There is a conversation: begun once, however many files and words wait for it. */
  ready() {
    this.token = this.keep.get("token") || this.token;
    if (!this.token) this.beginning ??= alone(`${this.name}begin`, () => this.beginOne()).finally(() => { this.beginning = null; });
    return this.beginning;
  }

  async beginOne() {
    this.token = this.keep.get("token"); // another tab may have begun it meanwhile
    if (this.token) return;
    const time_zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const identity = this.identity();
    const begun = await this.line.call("POST", "/api/conversations", null, { time_zone, ...(identity && { identity }) }).catch((error) => {
      throw error.status === 401 ? new Refused(400, error.message, 0, error.code) : error; // the shop's identity: no token of ours is wrong
    });
    this.token = begun.token;
    this.keep.set("token", this.token);
    this.loaded = true;
    this.begin();
  }

  // -- ending ----------------------------------------------------------------------------------------------------

  /** This browser lets the conversation go; what waits in the outbox is sent in a new one. */
  forget() {
    this.keep.set("outbox", afresh(this.keep.get("outbox", [])));
    for (const name of ["token", "seen", "linked"]) this.keep.drop(name);
    this.readKept();
    this.epoch?.abort();
    clearInterval(this.looking);
    this.changed();
  }

  startAgain() {
    this.outbox.forEach((one) => this.letGo(one.files));
    this.keep.drop("outbox");
    this.forget();
  }

  transcript() {
    return this.line.call("POST", "/api/transcript", this.token, {});
  }
}
