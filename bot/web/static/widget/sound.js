// A short tone for new words, made here without a file. Off until the customer turns it on; kept in this browser.
import { Keep } from "./keep.js";

export class Sound {
  #keep = new Keep("amends-sound", () => this.#show());
  #heard = new WeakMap();

  get isOn() { return this.#keep.get("", false) === true; }

  /** The switch. Turned on it sounds once, so that the customer knows what they will hear. */
  toggle(made, text) {
    this.made = made;
    made.textContent = text;
    made.setAttribute("role", "switch");
    made.addEventListener("click", () => {
      this.#keep.set("", !this.isOn);
      this.#show();
      if (this.isOn) this.#ring();
    });
    this.#show();
    return made;
  }

  /** Sounds where there are words that were not there before, in one of the browser's tabs. What was there at the start is silent. */
  listen(talk) {
    if (!talk.loaded) return;
    const theirs = talk.messages.filter((one) => one.author !== "customer");
    const newest = theirs.length ? theirs[theirs.length - 1].seq : 0;
    const before = this.#heard.get(talk);
    this.#heard.set(talk, newest);
    if (before !== undefined && newest > before && talk.leads && this.isOn) this.#ring();
  }

  #show() { this.made?.setAttribute("aria-checked", String(this.isOn)); }

  #ring() {
    try {
      this.audio ??= new AudioContext();
      this.audio.resume();
      const from = this.audio.currentTime, until = from + 0.4;
      const tone = new OscillatorNode(this.audio, { frequency: 620 });
      const level = new GainNode(this.audio, { gain: 0 });
      level.gain.linearRampToValueAtTime(0.08, from + 0.02);
      level.gain.linearRampToValueAtTime(0, until);
      tone.connect(level).connect(this.audio.destination);
      tone.start(from);
      tone.stop(until);
    } catch { /* a browser without sound */ }
  }
}
