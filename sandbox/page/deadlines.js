// Counts down to the times that messages and forms speak of.

import { h } from "./dom.js";
import { now } from "./times.js";

const AHEAD = 12 * 3600;
const BEHIND = 3600;
const TIME_OF_DAY = /\{(time|time_secs)\}/;

/** Moments that this page has seen while they were still to come: only those can be missed. */
const awaited = new Set();

/** Give every time in `root` that is still to come a little clock of its own. */
export function countDown(root) {
  for (const node of root.querySelectorAll("time.date")) {
    const seconds = Number(node.dataset.seconds);
    if (!TIME_OF_DAY.test(node.dataset.pattern) || !Number.isFinite(seconds)) continue;
    const left = seconds - now() / 1000;
    if (left > 0 && left < AHEAD) awaited.add(seconds);
    if (awaited.has(seconds)) node.after(" ", h("span", { class: "countdown", role: "timer", "data-seconds": seconds }));
  }
  tickDown(root);
}

/** Write all of them anew. */
export function tickDown(root = document) {
  const moment = now() / 1000;
  for (const node of root.querySelectorAll(".countdown")) {
    const left = Math.ceil(Number(node.dataset.seconds) - moment);
    const text = left > 0 ? `in ${spell(left)}` : `passed ${spell(-left)} ago`;
    if (node.textContent !== text) node.textContent = text;
    node.classList.toggle("long", Math.abs(left) >= 3600);
    node.classList.toggle("soon", left > 0 && left <= 60);
    node.classList.toggle("passed", left <= 0);
    node.hidden = left < -BEHIND;
  }
}

/** 4:32, or 1:04:32 */
function spell(seconds) {
  const two = (n) => String(n).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
