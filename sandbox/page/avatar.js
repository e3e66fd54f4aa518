// The square with somebody's initials.

import { h } from "./dom.js";

const COLOURS = 12;

function colourOf(id) {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) % 9973;
  return sum % COLOURS;
}

function initials(name) {
  const words = name.split(/[\s-]+/).filter(Boolean);
  const letters = words.length > 1 ? words[0][0] + words.at(-1)[0] : name.slice(0, 1);
  return letters.toUpperCase();
}

/** `who`: {id, name, bot}. Its name stands beside it everywhere, so it says nothing to screen readers. */
export function avatar(who, size = "") {
  const colour = who.bot ? "robot" : who.id === "USLACKBOT" ? "slackbot" : `c${colourOf(who.id)}`;
  return h("span", { class: `avatar ${size} ${colour}`, "aria-hidden": "true" }, initials(who.name || "?"));
}
