// What the element says, in the language of the page. STRINGS is put in by the server: one file a language in /strings.
const RIGHT_TO_LEFT = new Set(["ar", "he", "fa", "ur"]);

/** The words of the language asked for, else English. `lang` is a BCP 47 tag such as "ar-EG". */
export function wordsFor(lang) {
  const short = (lang || "en").toLowerCase().split("-")[0];
  const code = Object.hasOwn(STRINGS, short) ? short : "en";
  const say = (name, values = {}) =>
    (STRINGS[code][name] ?? STRINGS.en[name]).replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
  const clock = new Intl.DateTimeFormat(lang || "en", { hour: "numeric", minute: "2-digit", hourCycle: "h23" });
  const day = new Intl.DateTimeFormat(lang || "en", { weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit", hourCycle: "h23" });
  /** An instant in the reader's own time: with the day where it is not today. */
  const time = (iso) => {
    const at = new Date(iso);
    return (at.toDateString() === new Date().toDateString() ? clock : day).format(at);
  };
  /** What the server refused with: in this language where it is known here, else in the server's own words. */
  const told = ({ code: refusal, message, after }) => {
    if (!Object.hasOwn(STRINGS[code], `said_${refusal}`)) return message;
    const when = new Intl.RelativeTimeFormat(code).format(after > 90 ? Math.ceil(after / 60) : after || 1, after > 90 ? "minute" : "second");
    return say(`said_${refusal}`, { when });
  };
  return { say, told, time, code, dir: RIGHT_TO_LEFT.has(code) ? "rtl" : "ltr" };
}
