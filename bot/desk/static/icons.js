// Small drawings of our own, each one path on a 20 by 20 grid, in the colour of the words beside them.
const NS = "http://www.w3.org/2000/svg";
const PATHS = {
  website: "M3 4.5h14v9H9l-4 3v-3H3z",
  email: "M2.5 5h15v10h-15zM2.5 5.5l7.5 5.5 7.5-5.5",
  phone: "M5 3h3l1.5 4-2 1.5a9 9 0 0 0 4 4L13 10.5l4 1.5v3c0 1-1 2-2 2C9 17 3 11 3 5c0-1 1-2 2-2z",
  bell: "M5 14.5V9a5 5 0 0 1 10 0v5.5h1.5v.5h-13v-.5zM8.5 17.3a1.7 1.7 0 0 0 3 0M10 4V2.5",
  lock: "M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9",
  robot: "M4 7h12v9H4zM10 7V3.5M7.5 11v1.5M12.5 11v1.5",
  person: "M10 10a3.2 3.2 0 1 0 0-6.4A3.2 3.2 0 0 0 10 10zM3.5 17c.6-3.5 3-5 6.5-5s5.9 1.5 6.5 5",
  clock: "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM10 6v4.3l3 1.7",
  clip: "M15.5 9.5l-6.2 6.2a3.6 3.6 0 0 1-5.1-5.1l6.7-6.7a2.4 2.4 0 0 1 3.4 3.4l-6.6 6.6a1.2 1.2 0 0 1-1.7-1.7l5.9-5.9",
  check: "M4 10.5l4 4 8-9",
  warn: "M10 3l8 14H2zM10 8.5v3.5M10 14.4v.2",
  back: "M12 4l-6 6 6 6",
  eye: "M1.5 10S4.5 4.5 10 4.5 18.5 10 18.5 10 15.5 15.5 10 15.5 1.5 10 1.5 10zM10 12.3a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6z",
  swap: "M4 7h11l-3-3M16 13H5l3 3",
  pen: "M4 16l.8-3.5L13.5 4 16 6.5 7.5 15.2z",
  close: "M5 5l10 10M15 5L5 15",
  search: "M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM13 13l4 4",
  more: "M4.5 10h.1M10 10h.1M15.5 10h.1",
  gift: "M3.5 8h13v3h-13zM5 11h10v6H5zM10 8v9M10 8C6 8 6 3.5 8 3.5S10 8 10 8zM10 8c4 0 4-4.5 2-4.5S10 8 10 8z",
  info: "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM10 9v5M10 6v.2",
};

/** The drawing, hidden from screen readers: what it means stands beside it in words. */
export function icon(name, size = 16) {
  const made = document.createElementNS(NS, "svg");
  const path = document.createElementNS(NS, "path");
  for (const [key, value] of Object.entries({ viewBox: "0 0 20 20", width: size, height: size, "aria-hidden": "true", class: `icon of-${name}` })) made.setAttribute(key, value);
  path.setAttribute("d", PATHS[name] ?? PATHS.info);
  made.append(path);
  return made;
}
