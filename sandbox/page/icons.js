// Line icons, drawn for this page on a 20 by 20 grid.

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  hash: "M7.5 3 6 17M14 3l-1.5 14M3.5 7.5h14M2.5 12.5h14",
  lock: "M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9",
  pin: "M12.5 2.5l5 5-3 1-3 3-.5 4-6.5-6.5 4-.5 3-3zM7 13l-4.5 4.5",
  reply: "M3 4h14v10H9l-4 3.5V14H3zM6.5 7.5h7M6.5 10.5h4",
  react: "M9 3.2a7 7 0 1 0 7.8 7.8M7 12c1.2 2 4.8 2 6 0M7.5 8v.5M12 8v.5M15.5 2v6M12.5 5h6",
  smile: "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15M6.5 11.5c1.4 2.7 5.6 2.7 7 0M7.5 7.5V8M12.5 7.5V8",
  more: "M10 4.5v.1M10 10v.1M10 15.5v.1",
  close: "M4.5 4.5l11 11M15.5 4.5l-11 11",
  down: "M5.5 8l4.5 4.5L14.5 8",
  right: "M8 5.5l4.5 4.5L8 14.5",
  back: "M12.5 4L6.5 10l6 6",
  send: "M3 3.5l14.5 6.5L3 16.5 5 10zM5 10h6",
  people: "M7.5 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6M2 16.5c0-6 11-6 11 0M13 4a3 3 0 0 1 0 5.5M14.5 11.5c2.3.5 3.5 2.5 3.5 5",
  pencil: "M3 17l1-4L14 3l3 3L7 16z",
  trash: "M3.5 5.5h13M8 5.5v-2h4v2M5 5.5l1 11.5h8l1-11.5M8.5 8.5v5.5M11.5 8.5v5.5",
  clock: "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15M10 6v4.5l3 2",
  link: "M8.5 11.5l3-3M9 6.5l2-2a3.2 3.2 0 0 1 4.5 4.5l-2 2M11 13.5l-2 2A3.2 3.2 0 0 1 4.5 11l2-2",
  bookmark: "M5.5 3h9v14L10 13.5 5.5 17z",
  canvas: "M4.5 2.5h8l3 3v12h-11zM7 8h6M7 11h6M7 14h4",
  menu: "M3 5h14M3 10h14M3 15h14",
  plus: "M10 4v12M4 10h12",
  eye: "M1.5 10c4-7 13-7 17 0-4 7-13 7-17 0M10 7.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5",
  warning: "M10 3l8 14H2zM10 8v4.5M10 14.5v.2",
  bolt: "M11.5 2L4 11.5h5L8 18l8-10h-5z",
  at: "M13 10a3 3 0 1 1-6 0 3 3 0 0 1 6 0v1c0 3 4.5 2.5 4.5-1a7.5 7.5 0 1 0-3 6",
  slash: "M3.5 3h13v14h-13zM12 6.5l-4 7",
  bold: "M6 4h5a3 3 0 0 1 0 6H6zM6 10h6a3 3 0 0 1 0 6.5H6z",
  italic: "M8 4h6M6 16h6M11.5 4l-3 12",
  strike: "M3 10.5h14M14 6.5C13.5 3 6.5 3 6.5 6.8M6 13.5c.5 3.8 8 3.8 8 0",
  code: "M7 5.5L2.5 10 7 14.5M13 5.5l4.5 4.5-4.5 4.5",
  quote: "M4 4v12M8 6h9M8 10h9M8 14h5",
  list: "M8 5h9M8 10h9M8 15h9M3.5 5h.1M3.5 10h.1M3.5 15h.1",
  check: "M4 10.5l4 4 8-9",
  help: "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15M7.8 8a2.2 2.2 0 1 1 3.4 1.9c-.8.5-1.2 1-1.2 1.8M10 14.2v.1",
  pause: "M7 4.5v11M13 4.5v11",
  play: "M6.5 4l9.5 6-9.5 6z",
  compass: "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15M13.5 6.5l-2 5-5 2 2-5z",
  keys: "M2.5 5.5h15v9.5h-15zM5.5 8.5h.1M8.5 8.5h.1M11.5 8.5h.1M14.5 8.5h.1M6.5 12h7",
  sound: "M3 8v4h3l4 3.5v-11L6 8zM13 7.5c1.3 1.5 1.3 3.5 0 5M15.2 5.2c2.5 2.8 2.5 6.8 0 9.6",
  mute: "M3 8v4h3l4 3.5v-11L6 8zM13 8l4 4M17 8l-4 4",
  copy: "M7 7h10v10H7zM13 7V3H3v10h4",
  phone: "M5.5 2.5h9v15h-9zM9 15h2",
  pulse: "M2 10.5h3.5l2.5-6 4 11.5 2.5-5.5H18",
};

export function icon(name, label = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", `icon icon-${name}`);
  if (label) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
  } else {
    svg.setAttribute("aria-hidden", "true");
  }
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
