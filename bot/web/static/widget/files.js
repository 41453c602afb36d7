// Photos and documents: added to a message, seen in it, enlarged. Drawn on canvases, so that the host page's policy need allow no images.
import { button, make } from "./bubbles.js";
import { newId } from "./keep.js";

const MOST = 5; // in one message, and bytes in one file: as the server has it
const LARGEST = 10 * 1024 * 1024;
const ACCEPT = "image/*,application/pdf"; // no `capture`: the visitor takes the camera or an album

/** Draws a picture into a canvas, sharp for this many CSS pixels; the sheet bounds how large it is shown. False where the browser cannot read it. */
async function draw(canvas, blob, width, height) {
  let picture;
  try { picture = await createImageBitmap(blob); } catch { return false; }
  const dense = devicePixelRatio || 1;
  const scale = Math.min(1, (width * dense) / picture.width, (height * dense) / picture.height);
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return true;
}

const isPdf = (file) => file.kind === "document" || file.type === "application/pdf";
const sizeOf = (bytes) => (bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1000))} KB` : `${(bytes / 1e6).toFixed(1)} MB`);

/** What is added to the message being written. `talk()` and `words()` give what is in force now; `say(text)` tells it. */
export class Tray {
  constructor(talk, words, say) {
    Object.assign(this, { talk, words, say, files: [] });
    this.list = make("ul", "tray");
    this.list.setAttribute("role", "list");
    this.heard = make("p", "hidden"); // seen in the list anyway
    this.heard.setAttribute("role", "status");
  }

  /** The button, with the browser's own picker behind it. */
  picker() {
    const text = this.words().say("file_add");
    const input = make("input");
    Object.assign(input, { type: "file", multiple: true, accept: ACCEPT, hidden: true, tabIndex: -1 });
    input.setAttribute("aria-label", text);
    input.addEventListener("change", () => { this.add([...input.files]); input.value = ""; });
    this.adds = button("icon add", "", () => input.click());
    this.adds.setAttribute("aria-label", text);
    this.adds.title = text;
    this.list.setAttribute("aria-label", this.words().say("files"));
    this.show();
    return [this.adds, input, this.heard];
  }

  /** Takes what is pasted or dropped onto the panel. */
  listen(panel) {
    const holds = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
    panel.addEventListener("paste", (event) => {
      if (!event.clipboardData?.files.length) return;
      event.preventDefault();
      this.add([...event.clipboardData.files]);
    });
    for (const name of ["dragenter", "dragover"]) {
      panel.addEventListener(name, (event) => { if (holds(event)) { event.preventDefault(); panel.dataset.drop = this.words().say("file_drop"); } });
    }
    panel.addEventListener("dragleave", (event) => { if (!panel.contains(event.relatedTarget)) delete panel.dataset.drop; });
    panel.addEventListener("drop", (event) => {
      delete panel.dataset.drop;
      if (!holds(event)) return;
      event.preventDefault();
      this.add([...event.dataTransfer.files]);
    });
  }

  add(files) {
    const { say } = this.words();
    const room = MOST - this.files.length;
    const fitting = files.slice(0, room);
    for (const blob of fitting) {
      const file = { client_id: newId(), name: blob.name || "photo", kind: isPdf(blob) ? "document" : "photo", size: blob.size, blob };
      this.files.push(file);
      if (blob.size > LARGEST) file.refused = say("file_too_large");
      else this.upload(file);
    }
    this.say(files.length > room ? say("file_too_many") : "");
    this.heard.textContent = fitting.length ? say("file_added", { name: fitting.map((one) => one.name).join(", ") }) : "";
    this.show();
  }

  async upload(file) {
    Object.assign(file, { failed: false, done: 0 });
    this.show();
    try {
      this.talk().hold(file);
      await this.talk().upload(file, (share) => { file.done = share; this.show(); });
      file.done = 1;
    } catch (error) {
      if (error.status === 401 || error.status === 404) this.talk().forget();
      if (error.status >= 400 && error.status < 500 && ![401, 404, 429].includes(error.status)) file.refused = this.words().told(error) || "-";
      else Object.assign(file, { failed: true, why: this.words().told(error) });
    }
    if (this.files.includes(file)) this.show(); // else it is on its way with its message, which tells
  }

  remove(file) {
    this.talk().letGo([file]);
    this.files = this.files.filter((one) => one !== file);
    this.show();
    (this.list.querySelector("button") || this.adds).focus();
  }

  /** What goes with the message now; what was refused stays to be seen. */
  take() {
    const going = this.files.filter((one) => !one.refused);
    this.files = this.files.filter((one) => one.refused);
    this.show();
    return going.map(({ client_id, name, kind, size, id, width, height }) => ({ client_id, name, kind, size, ...(id && { id, width, height }) }));
  }

  get isEmpty() { return this.files.every((one) => one.refused); }

  show() {
    const { say } = this.words();
    for (const file of this.files) this.#item(file, say);
    const items = this.files.map((one) => one.item);
    if (items.length !== this.list.children.length || items.some((one, index) => one !== this.list.children[index])) this.list.replaceChildren(...items);
    this.list.hidden = !items.length;
  }

  #item(file, say) {
    if (!file.item) {
      file.item = make("li", "", "", make("canvas"), make("span", "about", "", make("bdi", "", file.name), make("progress"), make("span", "state")));
      const [canvas] = file.item.children;
      canvas.setAttribute("aria-hidden", "true");
      canvas.hidden = true;
      if (!isPdf(file)) draw(canvas, file.blob, 56, 56).then((drawn) => { canvas.hidden = !drawn; });
      file.item.querySelector(".state").dir = "auto";
      file.bar = file.item.querySelector("progress");
    }
    file.bar.setAttribute("aria-label", say("file_sending", { name: file.name }));
    file.bar.hidden = Boolean(file.refused || file.failed || file.done === 1);
    file.bar.value = file.done || 0;
    const key = `${file.refused || ""}${file.failed}${say("remove")}`;
    if (file.key === key) return;
    file.key = key;
    const state = file.item.querySelector(".state");
    state.textContent = file.refused || (file.failed ? file.why || say("file_failed") : "");
    state.className = `state${state.textContent ? " failed" : ""}`;
    file.item.querySelectorAll("button").forEach((one) => one.remove());
    if (file.failed) state.after(named(button("plain", say("try_again"), () => { this.upload(file); }), say("try_again"), file));
    const removes = button("icon close", "", () => this.remove(file));
    file.item.append(named(removes, say("remove"), file));
  }
}

function named(made, text, file) {
  made.setAttribute("aria-label", `${text}: ${file.name}`);
  made.title = text;
  return made;
}

/** Adds a message's files to its bubble. `blobOf(file)` fetches one; `place` is where the enlarged picture is put. */
export function showFiles(node, files, words, blobOf, place) {
  const said = node.querySelector(".bubble");
  said.hidden = !said.textContent;
  const shown = files.map((file) => (isPdf(file) ? documentButton(file, words, blobOf) : pictureButton(file, words, blobOf, place)));
  said.after(make("div", "files", "", ...shown));
}

function documentButton(file, { say }, blobOf) {
  const made = button("quiet file", `${file.name} (${sizeOf(file.size)})`, async () => {
    const blob = await blobOf(file).catch(() => null);
    if (!blob) { made.textContent = say("file_away", { name: file.name }); return; }
    const link = make("a");
    link.href = URL.createObjectURL(blob);
    link.download = file.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  });
  made.dir = "auto";
  made.setAttribute("aria-label", say("file_save", { name: file.name }));
  return made;
}

/** The picture as a button; where it cannot be fetched or read just now, its name, and a press tries again. */
function pictureButton(file, { say }, blobOf, place) {
  const canvas = make("canvas");
  if (file.width) [canvas.width, canvas.height] = [file.width, file.height]; // its place is kept until it is here
  const made = button("picture", "", () => (made.classList.contains("seen") ? enlarge(file, say, blobOf, place, made) : load()));
  const load = async () => {
    const blob = await blobOf(file).catch(() => null);
    const drawn = blob && (await draw(canvas, blob, 240, 240));
    made.classList.toggle("seen", Boolean(drawn));
    made.replaceChildren(drawn ? canvas : make("bdi", "", blob ? file.name : say("file_away", { name: file.name })));
    made.setAttribute("aria-label", drawn ? say("file_enlarge", { name: file.name }) : made.textContent);
  };
  made.append(canvas);
  made.setAttribute("aria-label", say("file_enlarge", { name: file.name }));
  load();
  return made;
}

/** A dialog over everything; the browser keeps the focus in it, Escape closes it, and the focus goes back. */
async function enlarge(file, say, blobOf, place, opener) {
  const canvas = make("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", say("file_photo", { name: file.name }));
  const dialog = make("dialog", "large", "", make("div", "top", "", make("bdi", "", file.name), button("icon close", "", () => dialog.close())), canvas);
  const closes = dialog.querySelector("button");
  closes.setAttribute("aria-label", say("file_close"));
  dialog.setAttribute("aria-label", say("file_photo", { name: file.name }));
  dialog.addEventListener("keydown", (event) => event.stopPropagation());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => { dialog.remove(); opener.focus(); });
  place.append(dialog);
  dialog.showModal();
  closes.focus();
  const blob = await blobOf(file).catch(() => null);
  if (blob) await draw(canvas, blob, innerWidth - 32, innerHeight - 92);
}
