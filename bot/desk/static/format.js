// Times, waits and names as people read them, in this browser's time zone.
import { now } from "./state.js";
import { W } from "./words.js";

const MINUTE = 60_000, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short" });
const year = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const languages = new Intl.DisplayNames(["en"], { type: "language" });

/** "14:05" today, "Fri 27 Nov, 14:05" otherwise. */
export function when(at) {
  if (!at) return "";
  const then = new Date(at);
  return isToday(then) ? time.format(then) : `${day.format(then)}, ${time.format(then)}`;
}

/** "today", "Fri 27 Nov", "27 Nov 2025". A plain day ("2026-11-27") is that day everywhere. */
export function onDay(at) {
  if (!at) return "";
  const then = /^\d{4}-\d\d-\d\d$/.test(at) ? new Date(`${at}T12:00`) : new Date(at);
  if (isToday(then)) return W.today;
  return Math.abs(then - now()) < 180 * DAY ? day.format(then) : year.format(then);
}

export function isToday(then) { return then.toDateString() === new Date(now()).toDateString(); }

/** A length of time: "40 s", "12 min", "3 h 5 min", "2 days". */
export function span(ms) {
  const length = Math.max(0, ms);
  if (length < MINUTE) return W.seconds(Math.floor(length / 1000));
  if (length < HOUR) return W.minutes(Math.floor(length / MINUTE));
  if (length < 2 * DAY) return W.hours(Math.floor(length / HOUR), Math.floor((length % HOUR) / MINUTE));
  return W.days(Math.floor(length / DAY));
}

/** The wait of a row in words, and how bad it is: {text, level, title}. */
export function clockOf(row) {
  if (row.snoozed_until && Date.parse(row.snoozed_until) > now()) return { text: W.snoozed_until(when(row.snoozed_until)), level: "paused", title: "" };
  if (row.breach === "paused") return { text: W.waits_for_customer, level: "paused", title: "" };
  if (!row.due_at) return row.since ? { text: W.waited(span(now() - Date.parse(row.since))), level: "ok", title: "" } : null;
  const left = Date.parse(row.due_at) - now();
  const title = W.clock_due(W.clocks[row.clock] ?? W.clocks.first_reply, when(row.due_at));
  if (left < 0) return { text: W.late_by(span(-left)), level: "breached", title };
  return { text: W.left(span(left)), level: row.breach === "breached" ? "warn" : row.breach ?? "ok", title };
}

export function language(code) {
  if (code === "other") return W.other_language;
  try { return languages.of(code) ?? code; } catch { return code; }
}

/** "Hana Sato" -> "HS". */
export function initials(name) {
  return (name || W.unknown_initial).split(/\s+/).filter(Boolean).map((one) => [...one][0]).slice(0, 2).join("").toUpperCase();
}

/** A word of the records as people read it: the table's, or the word itself with spaces. */
export function named(table, word) {
  if (!word) return "";
  return table?.[word] ?? plain(word);
}

export function plain(word) {
  const said = String(word).replaceAll("_", " ");
  return said.charAt(0).toUpperCase() + said.slice(1);
}
