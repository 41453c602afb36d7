// What an account chooses for itself, and notifications.
export const settings = {
  settings: "Your settings",
  shortcuts: "Single keys (j, k, t and so on)",
  shortcuts_hint: "Off, only Ctrl and Enter combinations work.",
  sound: "A sound when somebody waits for you",
  away_switch: "Away: nothing new is offered to you",
  notify: "Notifications of this browser",
  notify_ask: "Turn on",
  notify_on: "On in this browser",
  notify_no: "Blocked in this browser's own settings",
  notify_none: "This browser has none",
  sign_out: "Sign out",
  notice_waiting: (name) => `${name} waits for a person`,
  notice_wrote: (name) => `${name} wrote`,
  notice_offered: (name) => `Offered to you: ${name}`,
};
