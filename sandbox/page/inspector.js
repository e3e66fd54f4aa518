// The drawer that shows what Slack and the app say to each other, and lets one disturb them.

import { fill, freshId, h } from "./dom.js";
import { icon } from "./icons.js";
import { Switchboard } from "./switchboard.js";
import { Traffic } from "./traffic.js";

const PAUSE = 700;

export class Inspector {
  constructor(root) {
    this.root = root;
    this.traffic = new Traffic();
    this.switchboard = new Switchboard();
    this.panels = [this.panel("Traffic", this.traffic), this.panel("Faults", this.switchboard)];
    fill(root,
      h("header", { class: "head" }, h("h2", { class: "title" }, "Inspector"),
        h("button", { class: "icon-button", type: "button", "aria-label": "Close the inspector", on: { click: () => this.toggle() } }, icon("close"))),
      h("div", { class: "tabs", role: "tablist", "aria-label": "Inspector", on: { keydown: (event) => this.walk(event) } }, this.panels.map((one) => one.tab)),
      this.panels.map((one) => one.node));
    root.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && this.toggle());
    this.show(this.panels[0]);
    this.switchboard.look();
  }

  panel(name, content) {
    const id = freshId("panel");
    const panel = { content };
    panel.tab = h("button", { class: "tab", type: "button", role: "tab", id: `${id}-tab`, "aria-controls": id, on: { click: () => this.show(panel) } }, name);
    panel.node = h("div", { class: "inspector-panel", role: "tabpanel", id, "aria-labelledby": `${id}-tab` }, content.node);
    return panel;
  }

  show(panel) {
    for (const one of this.panels) {
      const here = one === panel;
      one.node.hidden = !here;
      one.tab.classList.toggle("here", here);
      one.tab.setAttribute("aria-selected", String(here));
      one.tab.tabIndex = here ? 0 : -1;
    }
    this.shown = panel;
    if (!this.root.hidden) panel.content.look();
  }

  walk(event) {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const other = this.panels.find((one) => one !== this.shown);
    this.show(other);
    other.tab.focus();
  }

  toggle() {
    this.root.hidden = !this.root.hidden;
    clearInterval(this.timer);
    if (this.root.hidden) {
      this.opener?.focus();
      return;
    }
    this.opener = document.activeElement;
    this.timer = setInterval(() => this.shown.content.look(), PAUSE);
    this.shown.content.look();
    this.shown.tab.focus();
  }
}
