// The frame of the page, times, and trouble with the line.
import { many } from "./counted.js";

export const page = {
  title: (count, shop) => (count ? `(${count}) Desk of ${shop}` : `Desk of ${shop}`),
  views: { chats: "Chats", approvals: "Approvals", learning: "Learning", live: "Board", review: "Review" },
  main_views: "Views",
  skip: "Skip to the chat",
  search: "Do anything",
  search_hint: "Ctrl K",
  help: "Keys",
  you: (name) => `${name}, your settings`,
  away: "Away",
  loading: "Loading",
  close: "Close",
  cancel: "Cancel",
  save: "Save",
  today: "today",
  none: "None",

  seconds: (n) => `${n} s`,
  minutes: (n) => `${n} min`,
  hours: (n, m) => (m ? `${n} h ${m} min` : `${n} h`),
  days: (n) => many(n, "day", "days"),
  left: (span) => `${span} left`,
  late_by: (span) => `Late by ${span}`,
  waited: (span) => `Waited ${span}`,
  waits_for_customer: "Customer's turn",
  snoozed_until: (at) => `Snoozed until ${at}`,
  clock_due: (what, at) => `${what} due ${at}`,

  no_answer: "The desk did not answer. What you typed is kept; try again.",
  failed: (status) => `That did not work (${status}). Nothing was changed.`,
  line_broken: "No connection. Trying again by itself; what you type is kept.",
  line_back: "Connected again.",
  ended: "You are signed out",
  ended_why: "Your session has ended, or you signed out in another window. What you had typed is kept in this tab and will be here when you have signed in again.",
  sign_in_again: "Sign in again",
};
