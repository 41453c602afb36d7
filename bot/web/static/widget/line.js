// The line to the server: calls, and pages as they come, by a stream or by long polling.
const WAIT_S = 20; // one long poll
const FIRST_BYTE_MS = 3000; // a stream that says nothing for so long stands behind a proxy that buffers
const SILENT_MS = 45000; // the server says something every 15 s
const CALL_MS = 15000;
const UPLOAD_MS = 180000;
const STREAM_AGAIN_MS = 300000;

/** What the server answered instead of a result. `status` 0: nothing was heard. */
export class Refused extends Error {
  constructor(status, words, after, code) {
    super(words || "");
    Object.assign(this, { status, after, code }); // `after`: seconds to wait; `code`: which refusal it is; where the server says so
  }
}

export class Line {
  constructor(base) {
    this.base = base;
    this.noStreamUntil = 0;
  }

  async call(method, path, token, body, longest = CALL_MS, signal) {
    const headers = { ...(body && { "content-type": "application/json" }), ...(token && { authorization: `Bearer ${token}` }) };
    const stop = new AbortController();
    const late = setTimeout(() => stop.abort(), longest);
    const end = () => stop.abort();
    signal?.addEventListener("abort", end);
    if (signal?.aborted) stop.abort();
    try {
      const options = { method, headers, body: body && JSON.stringify(body), signal: stop.signal, credentials: "omit", cache: "no-store" };
      const answer = await fetch(this.base + path, options);
      const content = answer.status === 204 ? {} : await answer.json().catch(() => null);
      if (!answer.ok) throw new Refused(answer.status, content?.error, Number(answer.headers.get("retry-after")) || 0, content?.code);
      if (content === null) throw new Refused(0);
      return content;
    } catch (error) {
      throw error instanceof Refused ? error : new Refused(0);
    } finally {
      clearTimeout(late);
      signal?.removeEventListener("abort", end);
    }
  }

  /** Sends a file; `progress` hears the share that is there. Not with fetch, which tells of no progress. */
  upload(token, file, blob, progress) {
    return new Promise((done, fail) => {
      const request = new XMLHttpRequest();
      request.open("POST", `${this.base}/api/files?client_id=${file.client_id}`);
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/octet-stream", "x-file-name": encoded(file.name) };
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
      request.timeout = UPLOAD_MS;
      request.upload.onprogress = (event) => { if (event.lengthComputable) progress?.(Math.min(0.99, event.loaded / event.total)); };
      request.onerror = request.ontimeout = request.onabort = () => fail(new Refused(0));
      request.onload = () => {
        let said = null;
        try { said = JSON.parse(request.responseText); } catch { /* a proxy's page */ }
        if (request.status === 201 && said) done(said);
        else fail(new Refused(request.status === 201 ? 0 : request.status, said?.error, Number(request.getResponseHeader("retry-after")) || 0, said?.code));
      };
      request.send(blob);
    });
  }

  async file(token, id) {
    const answer = await fetch(`${this.base}/api/files/${id}`, { headers: { authorization: `Bearer ${token}` }, credentials: "omit", cache: "no-store" });
    if (!answer.ok) throw new Refused(answer.status);
    return answer.blob();
  }

  page(token, after, wait, signal) {
    return this.call("GET", `/api/messages?after=${after}&wait=${wait}`, token, null, wait * 1000 + CALL_MS, signal);
  }

  /** Gives pages to `take` until the line breaks (throws) or the signal aborts. `after()` is the last seq that is here. */
  async listen(token, after, take, signal) {
    take(await this.page(token, after(), 0, signal));
    while (!signal.aborted) {
      if (Date.now() > this.noStreamUntil && !(await this.stream(token, after(), take, signal))) {
        this.noStreamUntil = Date.now() + STREAM_AGAIN_MS;
      }
      if (Date.now() < this.noStreamUntil && !signal.aborted) take(await this.page(token, after(), WAIT_S, signal));
    }
  }

  /** One stream to its end. False where streams do not get through here. Throws Refused where the line broke. */
  async stream(token, after, take, signal) {
    const stop = new AbortController();
    const end = () => stop.abort();
    signal.addEventListener("abort", end);
    let heard = false;
    let late = setTimeout(end, FIRST_BYTE_MS);
    try {
      const headers = { authorization: `Bearer ${token}`, accept: "text/event-stream" };
      const answer = await fetch(`${this.base}/api/stream?after=${after}`, { headers, signal: stop.signal, credentials: "omit", cache: "no-store" });
      if (!answer.ok || !answer.headers.get("content-type")?.startsWith("text/event-stream")) {
        if (answer.status === 401) throw new Refused(401);
        return false; // also 404 and 429: polling tells what is wrong, if anything is
      }
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return heard;
        heard = true;
        clearTimeout(late);
        late = setTimeout(end, SILENT_MS);
        const events = (rest + value).split(/\r?\n\r?\n/);
        rest = events.pop();
        for (const event of events) give(event, take);
      }
    } catch (error) {
      if (error instanceof Refused) throw error;
      if (signal.aborted) return true;
      if (!heard && stop.signal.aborted) return false;
      throw new Refused(0);
    } finally {
      clearTimeout(late);
      stop.abort();
      signal.removeEventListener("abort", end);
    }
  }
}

function encoded(name) {
  try { return encodeURIComponent(name.slice(-100)); } catch { return ""; } // half a character
}

function give(event, take) {
  const data = event.split(/\r?\n/).filter((one) => one.startsWith("data:")).map((one) => one.slice(5)).join("\n");
  if (data.trim()) take(JSON.parse(data));
}
