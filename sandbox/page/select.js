// A select menu one can type into, for one choice or for several.

import { fill, freshId, h } from "./dom.js";
import { icon } from "./icons.js";
import { layerOf, place } from "./popup.js";

/**
 * Choices are {value, label, note?, group?, before?}. `load(typed)` returns them or a promise of them.
 * `onChange` gets the list of what is chosen now.
 */
export class Select {
  constructor({ id, label, placeholder, many = false, chosen = [], load, least = 0, most = Infinity, clearable = true, describedBy, onChange }) {
    Object.assign(this, { placeholder, many, chosen, load, least, most, clearable, onChange });
    this.listId = freshId("list");
    this.shown = [];
    this.at = -1;
    this.asked = 0;
    this.input = h("input", {
      id, type: "text", role: "combobox", autocomplete: "off", spellcheck: "false",
      "aria-label": label, "aria-expanded": "false", "aria-controls": this.listId, "aria-autocomplete": "list",
      "aria-describedby": describedBy,
      on: {
        focus: () => this.input.select(),
        click: () => this.open(),
        input: () => this.open(this.input.value),
        keydown: (event) => this.key(event),
        blur: () => this.close(),
      },
    });
    this.chips = h("span", { class: "chips" });
    this.clear = h("button", { class: "select-clear", type: "button", "aria-label": `Clear ${label}`, on: { click: () => this.choose([]) } }, icon("close"));
    this.node = h("div", { class: `select${many ? " many" : ""}` }, this.chips, this.input, this.clear, icon("down"));
    this.node.addEventListener("mousedown", (event) => {
      if (event.target === this.input || event.target.closest("button")) return;
      event.preventDefault();
      this.input.focus();
      this.open();
    });
    this.draw();
  }

  draw() {
    const [first] = this.chosen;
    this.input.value = this.many ? "" : first?.label ?? "";
    this.input.placeholder = this.many && this.chosen.length ? "" : this.placeholder;
    this.clear.hidden = this.many || !this.chosen.length || !this.clearable;
    fill(this.chips, this.many ? this.chosen.map((item) => this.chip(item)) : []);
  }

  chip(item) {
    const drop = () => this.choose(this.chosen.filter((one) => one.value !== item.value));
    return h("span", { class: "chip" }, item.before?.() ?? null, item.label,
      h("button", { type: "button", "aria-label": `Remove ${item.label}`, on: { click: drop } }, icon("close")));
  }

  choose(items) {
    this.chosen = items;
    this.draw();
    this.onChange(items);
  }

  pick(item) {
    if (!this.many) {
      this.close();
      if (this.chosen[0]?.value !== item.value) this.choose([item]);
      else this.draw();
      return;
    }
    const without = this.chosen.filter((one) => one.value !== item.value);
    if (without.length === this.chosen.length && this.chosen.length >= this.most) return;
    this.choose(without.length < this.chosen.length ? without : [...this.chosen, item]);
    this.open();
  }

  async open(typed = "") {
    if (!this.list) this.raise();
    this.asked += 1;
    const mine = this.asked;
    if (typed.trim().length < this.least) {
      this.say(`Type ${this.least} or more characters to search`);
      return;
    }
    const found = this.load(typed.trim());
    if (found instanceof Promise) this.say("Loading…");
    const items = await found;
    if (mine === this.asked && this.list) this.show(items, typed);
  }

  raise() {
    this.list = h("div", { class: "popup select-list", popover: "manual", role: "listbox", id: this.listId, "aria-multiselectable": this.many ? "true" : null });
    // Focus stays in the input: the list is only pointed at.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    layerOf(this.node).append(this.list);
    this.list.showPopover();
    this.input.setAttribute("aria-expanded", "true");
    this.follow = () => this.list && place(this.list, this.node, { wide: true });
    window.addEventListener("scroll", this.follow, true);
    window.addEventListener("resize", this.follow);
  }

  say(text) {
    this.shown = [];
    fill(this.list, h("div", { class: "select-note" }, text));
    this.follow();
  }

  show(items, typed) {
    this.shown = items;
    if (!items.length) {
      this.say("No results");
      return;
    }
    let group;
    const rows = items.flatMap((item, i) => {
      const heading = item.group && item.group !== group ? h("div", { class: "select-group", role: "presentation" }, item.group) : null;
      group = item.group;
      return [heading, this.row(item, i)];
    });
    fill(this.list, rows);
    const current = items.findIndex((item) => this.isChosen(item));
    this.point(this.many || typed ? 0 : Math.max(current, 0));
    this.follow();
  }

  isChosen(item) {
    return this.chosen.some((one) => one.value === item.value);
  }

  row(item, i) {
    return h("div", {
      class: "select-option", role: "option", id: `${this.listId}-${i}`, "aria-selected": String(this.isChosen(item)),
      on: { click: () => this.pick(item), mousemove: () => this.point(i, false) },
    }, item.before?.() ?? null,
    h("span", { class: "select-words" }, h("span", {}, item.draw?.() ?? item.label), item.note ? h("span", { class: "select-hint" }, item.note) : null),
    this.isChosen(item) ? icon("check") : null);
  }

  point(i, scroll = true) {
    this.at = i;
    for (const row of this.list.querySelectorAll(".select-option")) {
      const here = row.id === `${this.listId}-${i}`;
      row.classList.toggle("at", here);
      if (here && scroll) row.scrollIntoView({ block: "nearest" });
    }
    this.input.setAttribute("aria-activedescendant", `${this.listId}-${i}`);
  }

  close() {
    if (!this.list) return;
    window.removeEventListener("scroll", this.follow, true);
    window.removeEventListener("resize", this.follow);
    this.list.remove();
    this.list = null;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    this.draw();
  }

  key(event) {
    const { key } = event;
    const opened = Boolean(this.list);
    if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      if (!opened) this.open();
      else if (this.shown.length) this.point((this.at + (key === "ArrowDown" ? 1 : -1) + this.shown.length) % this.shown.length);
    } else if (key === "Enter" && opened) {
      event.preventDefault();
      if (this.shown[this.at]) this.pick(this.shown[this.at]);
    } else if (key === "Escape" && opened) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    } else if (key === "Backspace" && this.many && !this.input.value && this.chosen.length) {
      this.choose(this.chosen.slice(0, -1));
    }
  }
}

/** Those choices whose label or note holds what was typed. */
export function matching(choices, typed) {
  const wanted = typed.toLowerCase();
  return choices.filter((one) => `${one.label} ${one.search ?? ""}`.toLowerCase().includes(wanted));
}
