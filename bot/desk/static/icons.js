// Small drawings of our own, each one path on a 20 by 20 grid, in the colour of the words beside them.
const NS = "http://www.w3.org/2000/svg";
const PATHS = {
  website: "M3 4.5h14v9H9l-4 3v-3H3z",
  email: "M2.5 5h15v10h-15zM2.5 5.5l7.500 5.500 7.500-5.500",
  phone: "M5 3h3l1.500 4-2 1.500a9 9 0 0 0 4 4L13 10.500l4 1.500v3c0 1-1 2-2 2C9 17 3 11 3 5c0-1 1-2 2-2z",
  lock: "M5 9h10v8H5zM7 9V6.500a3 3 0 0 1 6 0V9",
  robot: "M4 7h12v9H4zM10 7V3.500M7.500 11v1.500M12.500 11v1.500",
  person: "M10 10a3.200 3.200 0 1 0 0-6.400A3.200 3.200 0 0 0 10 10zM3.500 17c.6-3.500 3-5 6.500-5s5.900 1.500 6.500 5",
  clock: "M10 2.500a7.500 7.500 0 1 0 0 15 7.500 7.500 0 0 0 0-15zM10 6v4.300l3 1.700",
  clip: "M14.500 9.500l-5 5a3 3 0 0 1-4.300-4.300l6-6a2 2 0 0 1 2.900 2.900l-5.900 5.900a1 1 0 0 1-1.400-1.400l5-5",
  check: "M4 10.500l4 4 8-9",
  warn: "M10 3l8 14H2zM10 8.500v3.500M10 14.400v.2",
  back: "M12 4l-6 6 6 6",
  eye: "M1.500 10S4.500 4.500 10 4.500 18.500 10 18.500 10 15.500 15.500 10 15.500 1.500 10 1.500 10zM10 12.300a2.300 2.300 0 1 0 0-4.600 2.300 2.300 0 0 0 0 4.600z",
  swap: "M4 7h11l-3-3M16 13H5l3 3",
  pen: "M4 16l.8-3.500L13.500 4 16 6.500 7.500 15.200z",
  close: "M5 5l10 10M15 5L5 15",
  search: "M9 14.500a5.500 5.500 0 1 0 0-11 5.500 5.500 0 0 0 0 11zM13 13l4 4",
  more: "M4.500 10h.1M10 10h.1M15.500 10h.1",
  gift: "M3.500 8h13v3h-13zM5 11h10v6H5zM10 8v9M10 8C6 8 6 3.500 8 3.500S10 8 10 8zM10 8c4 0 4-4.500 2-4.500S10 8 10 8z",
  info: "M10 2.500a7.500 7.500 0 1 0 0 15 7.500 7.500 0 0 0 0-15zM10 9v5M10 6v.2",
};

/** The drawing, hidden from screen readers: what it means stands beside it in words. */
export function icon(name, size = 16) {
  const made = document.createElementNS(NS, "svg");
  const path = document.createElementNS(NS, "path");
  for (const [key, value] of Object.entries({ viewBox: "0 0 20 20", width: size, height: size, "aria-hidden": "true", class: `icon ${name}` })) made.setAttribute(key, value);
  path.setAttribute("d", PATHS[name] ?? PATHS.info);
  made.append(path);
  return made;
}
