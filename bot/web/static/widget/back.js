// The way back by a mail's link: its token stands in the fragment, and is exchanged once for a session of the conversation.
import { newId } from "./keep.js";

const TRIES = 5;

/** The token, taken out of the address at once; nothing where there is none. */
export function tokenOfAddress() {
  const found = /^#amends=([\w.-]*)$/.exec(location.hash);
  if (found) history.replaceState(history.state, "", location.pathname + location.search);
  return found ? found[1] : null;
}

/** Opens the token's conversation in the talk that `talk()` gives in the end. Throws Refused, and then nothing has changed. */
export async function goOn(talk, token) {
  const body = { token, client_id: newId() }; // the same at every try, so that a lost answer uses nothing up
  for (let left = TRIES; ; left--) {
    try {
      return adopt(talk(), await talk().line.call("POST", "/api/continue", null, body));
    } catch (error) {
      if (left < 2 || (error.status > 0 && error.status < 500)) throw error;
      await new Promise((done) => setTimeout(done, 1000 * 2 ** (TRIES - left)));
    }
  }
}

function adopt(talk, { id, token }) {
  if (talk.token?.split(".")[0] !== id) talk.keep.drop("seen");
  talk.keep.set("token", token);
  talk.readKept();
  talk.begin();
  talk.changed();
}
