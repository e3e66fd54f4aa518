// What the keyboard does everywhere on the page.

import { h } from "./dom.js";
import { switchPerson } from "./people.js";
import { openDialog } from "./popup.js";
import { quickSwitch } from "./quick.js";

const apple = /Mac|iP(hone|ad)/.test(navigator.platform);

const HELP = [
  ["Be somebody else", "Alt P"],
  ["Jump to a conversation", `${apple ? "⌘" : "Ctrl"} K`],
  ["Conversation above, below", "Alt ↑ ↓"],
  ["Unread conversation above, below", "Alt Shift ↑ ↓"],
  ["From message to message", "↑ ↓"],
  ["Send, a new line", "Enter, Shift Enter"],
  ["Open and close your phone", "Alt T"],
  ["Open and close the inspector", "Alt I"],
  ["This list", apple ? "⌘ /" : "Ctrl /"],
];

export function showKeys() {
  openDialog({
    title: "Keyboard shortcuts",
    body: h("dl", { class: "keys" }, HELP.map(([what, keys]) => h("div", {}, h("dt", {}, what),
      h("dd", {}, keys.split(" ").map((key) => h("kbd", {}, key.replace(",", ""))))))),
  });
}

export function listenToKeys({ inspect, phone }) {
  document.addEventListener("keydown", (event) => {
    const run = wanted(event, { inspect, phone });
    if (!run || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    run();
  });
}

function wanted(event, { inspect, phone }) {
  const command = apple ? event.metaKey : event.ctrlKey;
  if (command && event.code === "KeyK") return quickSwitch;
  if (command && event.key === "/") return showKeys;
  if (!event.altKey || command) return null;
  if (event.code === "KeyP") return () => switchPerson(whoamiButton());
  if (event.code === "KeyI") return inspect;
  if (event.code === "KeyT") return phone;
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  return step ? () => walk(step, event.shiftKey) : null;
}

const whoamiButton = () => [...document.querySelectorAll(".whoami, .top-me")].find((one) => one.checkVisibility({ visibilityProperty: true }));

function walk(step, unreadOnly) {
  const all = [...document.querySelectorAll("a.place")];
  const here = all.findIndex((one) => one.classList.contains("here"));
  const rest = step > 0 ? all.slice(here + 1) : all.slice(0, Math.max(here, 0)).reverse();
  const next = rest.find((one) => !unreadOnly || one.matches(".unread, :has(.mentions)"));
  if (next) location.hash = next.dataset.place;
}
