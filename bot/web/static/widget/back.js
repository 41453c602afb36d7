// The way back by a mail's link: its token stands in the fragment, and is exchanged once for a session of the conversation.
import { Keep, newId } from "./keep.js";

const TRIES = 5;

/** The token, taken out of the address at once; nothing where there is none. */
export function tokenOfAddress() {
  const found = /^#amends=([\w.-]*)$/.exec(location.hash);
  if (found) history.replaceState(history.state, "", location.pathname + location.search);
  return found ? found[1] : null;
}

/** Whom a signed identity speaks of, to keep people's conversations apart. The server checks the signature. */
export function whoIs(jwt) {
  try { return JSON.parse(atob(jwt.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"))).sub || ""; } catch { return ""; }
}

/** Opens the token's conversation in the talk that `talk()` gives in the end. Throws Refused, and then nothing has changed. */
export async function goOn(talk, token) {
  const client_id = newId(); // the same at every try, so that a lost answer uses nothing up
  for (let left = TRIES; ;) {
    const mine = talk();
    try {
      const there = await mine.line.call("POST", "/api/continue", null, { token, client_id, identity: mine.identity() });
      if (mine === talk()) return adopt(mine, there); // else somebody has signed in meanwhile, whose it may not be
    } catch (error) {
      left -= 1;
      if (mine !== talk()) continue;
      if (!left || (error.status > 0 && error.status < 500)) throw error;
      await new Promise((done) => setTimeout(done, 1000 * 2 ** (TRIES - left - 1)));
    }
  }
}

/** What a mail's link opened before its own customer signed in goes on as theirs; to anybody else it is not shown. */
export async function bring(talk, before) {
  const mine = talk();
  if (!mine.who) return;
  const anyone = before?.who === "" ? before.keep : new Keep(mine.name.replace(/[^:]*:$/, ":"), () => {});
  anyone.close();
  const token = anyone.get("linked") && anyone.get("token");
  if (!token) return;
  try {
    await mine.line.call("POST", "/api/mine", token, { identity: mine.identity() });
  } catch (error) {
    if (error.status >= 400 && error.status < 500 && error.status !== 429) anyone.drop("linked"); // another's: not asked again
    return;
  }
  if (mine !== talk()) return;
  mine.keep.set("outbox", [...mine.keep.get("outbox", []), ...anyone.get("outbox", [])]);
  const seen = anyone.get("seen", 0);
  for (const name of ["token", "seen", "linked", "outbox"]) anyone.drop(name);
  adopt(mine, { id: token.split(".")[0], token }, seen);
}

function adopt(talk, { id, token }, seen = 0) {
  if (talk.token?.split(".")[0] !== id) talk.keep.set("seen", seen);
  talk.keep.set("token", token);
  if (!talk.who) talk.keep.set("linked", true);
  talk.readKept();
  talk.begin();
  talk.changed();
}
