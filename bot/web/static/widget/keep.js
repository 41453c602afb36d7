// What this browser keeps: local storage shared by the tabs, or memory where storage is blocked.

/** A small store of JSON values under a prefix. `changed(name)` is called when another tab changed one. */
export class Keep {
  constructor(prefix, changed) {
    this.prefix = prefix;
    this.memory = new Map();
    this.heard = (event) => {
      if (event.key?.startsWith(prefix)) changed(event.key.slice(prefix.length));
    };
    addEventListener("storage", this.heard);
  }

  close() {
    removeEventListener("storage", this.heard);
  }

  get(name, otherwise = null) {
    let raw = this.memory.get(name);
    try { raw = localStorage.getItem(this.prefix + name) ?? raw; } catch { /* blocked: memory it is */ }
    try { return raw === undefined || raw === null ? otherwise : JSON.parse(raw); } catch { return otherwise; }
  }

  set(name, value) {
    const raw = JSON.stringify(value);
    this.memory.set(name, raw);
    try { localStorage.setItem(this.prefix + name, raw); this.memory.delete(name); } catch { /* blocked or full */ }
  }

  drop(name) {
    this.memory.delete(name);
    try { localStorage.removeItem(this.prefix + name); } catch { /* blocked */ }
  }
}

/** The bytes of files that wait to be sent. They outlive a reload where the browser lets them; `get` gives nothing for those that did not. */
export class Bytes {
  memory = new Map();

  async put(key, blob) {
    this.memory.set(key, blob);
    await this.#do("readwrite", (store) => store.put(blob, key)).catch(() => {}); // blocked or full: as long as the page lasts
  }

  async get(key) {
    return this.memory.get(key) || this.#do("readonly", (store) => store.get(key)).catch(() => null);
  }

  drop(key) {
    return this.#do("readwrite", (store) => store.delete(key)).catch(() => {});
  }

  #do(mode, act) {
    return new Promise((done, fail) => {
      const opening = indexedDB.open("amends-files", 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore("files");
      opening.onerror = () => fail(opening.error);
      opening.onsuccess = () => {
        const work = opening.result.transaction("files", mode);
        const asked = act(work.objectStore("files"));
        work.oncomplete = () => { opening.result.close(); done(asked.result); };
        work.onerror = work.onabort = () => { opening.result.close(); fail(work.error); };
      };
    });
  }
}

/** Whether this tab had the chat open before a reload. */
export const tab = {
  get: (name) => { try { return sessionStorage.getItem(name); } catch { return null; } },
  set: (name, value) => { try { value ? sessionStorage.setItem(name, value) : sessionStorage.removeItem(name); } catch { /* blocked */ } },
};

export function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (one) => one.toString(16).padStart(2, "0")).join("");
}

/** Runs `work` while holding a lock that all tabs share; without one where the browser has none to give. */
export async function alone(name, work, signal) {
  if (!navigator.locks) return work();
  let begun = false;
  const held = () => { begun = true; return work(); };
  try {
    return await navigator.locks.request(name, { signal }, held);
  } catch (error) {
    if (begun || error.name === "AbortError") throw error;
    return work(); // a sandboxed page may not use locks
  }
}
