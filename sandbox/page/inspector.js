// What went over the wire: the app's calls, what it was sent, and its answers.

import * as api from "./api.js";
import { fill, h } from "./dom.js";
import { icon } from "./icons.js";

const PAUSE = 1000;
const MOST = 300;

export class Inspector {
  constructor(root) {
    this.root = root;
    this.after = -1;
    this.entries = h("ol", { class: "entries" });
  }

  toggle() {
    this.root.hidden = !this.root.hidden;
    if (this.root.hidden) return;
    fill(this.root,
      h("header", { class: "head" }, h("h2", { class: "title" }, "Inspector"),
        h("button", { class: "icon-button", type: "button", "aria-label": "Close the inspector", on: { click: () => this.toggle() } }, icon("close"))),
      this.entries);
    this.root.querySelector("button").focus();
    this.look();
  }

  async look() {
    if (this.root.hidden) return;
    const { entries = [] } = await api.record(this.after);
    for (const entry of entries) {
      this.after = entry.n;
      this.entries.prepend(row(entry));
    }
    while (this.entries.childElementCount > MOST) this.entries.lastElementChild.remove();
    setTimeout(() => this.look(), PAUSE);
  }
}

const ARROWS = { call: "→", event: "←", ack: "✓" };
const NAMES = { call: "the app called", event: "the app was sent", ack: "the app answered" };

function row(entry) {
  const bad = entry.error || entry.ok === false;
  const took = entry.ms === null ? "" : `${entry.ms} ms`;
  return h("li", { class: `entry ${entry.kind}${bad ? " bad" : ""}` },
    h("details", {},
      h("summary", {}, h("span", { class: "arrow", title: NAMES[entry.kind], "aria-label": NAMES[entry.kind] }, ARROWS[entry.kind] ?? "·"), h("code", {}, entry.method),
        h("span", { class: "entry-note" }, entry.error ?? took), h("time", { class: "entry-time" }, entry.time.slice(11, 19))),
      h("pre", {}, JSON.stringify({ args: entry.args, result: entry.result }, null, 2))));
}
