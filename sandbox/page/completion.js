// Completes commands, people, channels and emoji while somebody types.

import { avatar } from "./avatar.js";
import { fill, freshId, h } from "./dom.js";
import { emoji, emojiNames } from "./emoji.js";
import { icon } from "./icons.js";
import { addressable, store } from "./store.js";

const MOST = 8;
const BROADCASTS = [["here", "Notify every online member in this channel."], ["channel", "Notify everyone in this channel."]];

/** Commands that Slack itself has; the app's own come from the manifest. */
export const BUILT_IN = [
  { command: "/archive", usage_hint: "", description: "Archive the current channel" },
  { command: "/invite", usage_hint: "@somebody", description: "Invite another member to the channel" },
  { command: "/leave", usage_hint: "", description: "Leave the channel" },
  { command: "/rename", usage_hint: "[new name]", description: "Rename the channel" },
  { command: "/topic", usage_hint: "[new topic]", description: "Set the channel topic" },
];

export function commands() {
  const own = store.world.commands;
  return [...own.map((one) => ({ ...one, app: store.world.bot })),
    ...BUILT_IN.filter((one) => !own.some((other) => other.command === one.command))];
}

/** What could stand at the caret: {from, heading, items: [{insert, draw}], exact}, or null. */
function offered(text, caret, slash) {
  const before = text.slice(0, caret);
  if (slash && before.startsWith("/")) return offeredCommands(before);
  const match = /(^|[\s(])([@#:])([\w.+-]*)$/.exec(before);
  if (!match) return null;
  const [, , sign, typed] = match;
  const items = { "@": people, "#": channels, ":": emojis }[sign](typed.toLowerCase());
  return items.length ? { from: caret - typed.length - 1, items } : null;
}

function offeredCommands(before) {
  const [name, ...rest] = before.split(/\s/);
  const known = commands().find((one) => one.command === name);
  if (rest.length) return known?.usage_hint ? { hint: known } : null;
  const items = commands().filter((one) => one.command.startsWith(name)).map((one) => ({
    insert: `${one.command} `, exact: one.command === name, draw: () => commandRow(one),
  }));
  return items.length ? { from: 0, items, heading: `Commands matching “${name}”` } : null;
}

function commandRow({ command, usage_hint: usage, description, app }) {
  return [app ? avatar({ ...app, bot: true }, "small") : h("span", { class: "avatar small plain" }, icon("slash")),
    h("span", { class: "offer-words" },
      h("span", {}, h("strong", {}, command), usage ? h("span", { class: "usage" }, ` ${usage}`) : null),
      h("span", { class: "offer-note" }, description)),
    app ? h("span", { class: "offer-app" }, app.name) : null];
}

function people(typed) {
  const found = addressable().filter((one) => `${one.handle} ${one.name}`.toLowerCase().split(/\s/).some((word) => word.startsWith(typed)));
  const rows = found.map((one) => ({
    insert: `@${one.handle} `,
    draw: () => [avatar(one, "tiny"), h("strong", {}, one.name), h("span", { class: "offer-note" }, one.handle, one.title ? ` · ${one.title}` : "")],
  }));
  const groups = (store.world.groups ?? []).filter((one) => one.handle.startsWith(typed)).map((one) => ({
    insert: `@${one.handle} `, draw: () => [icon("people"), h("strong", {}, `@${one.handle}`), h("span", { class: "offer-note" }, one.name)],
  }));
  const all = BROADCASTS.filter(([name]) => name.startsWith(typed)).map(([name, note]) => ({
    insert: `@${name} `, draw: () => [icon("people"), h("strong", {}, `@${name}`), h("span", { class: "offer-note" }, note)],
  }));
  return [...rows, ...groups, ...all].slice(0, MOST);
}

function channels(typed) {
  const { channels: joined, browse } = store.sidebar;
  return [...joined, ...browse].filter((one) => !one.archived && one.name.includes(typed)).slice(0, MOST).map((one) => ({
    insert: `#${one.name} `, draw: () => [icon(one.private ? "lock" : "hash"), h("strong", {}, one.name)],
  }));
}

function emojis(typed) {
  if (typed.length < 2) return [];
  return emojiNames(typed).slice(0, MOST).map((name) => ({
    insert: `:${name}: `, draw: () => [h("span", { class: "emoji" }, emoji(name)), `:${name}:`],
  }));
}

export class Completion {
  constructor(area, { slash }) {
    Object.assign(this, { area, slash, at: 0, found: null });
    this.list = h("div", { class: "offers", role: "listbox", id: freshId("offers"), "aria-label": "Suggestions", hidden: true });
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    area.setAttribute("aria-autocomplete", "list");
    area.setAttribute("aria-controls", this.list.id);
    area.addEventListener("input", () => this.look());
    area.addEventListener("click", () => this.look());
    area.addEventListener("blur", () => this.close());
    this.expanded();
  }

  get open() {
    return Boolean(this.found?.items);
  }

  expanded() {
    if (this.area.getAttribute("role") === "combobox") this.area.setAttribute("aria-expanded", String(this.open));
  }

  look() {
    this.found = offered(this.area.value, this.area.selectionStart, this.slash);
    this.at = 0;
    this.draw();
  }

  close() {
    this.found = null;
    this.draw();
  }

  draw() {
    const { found, list } = this;
    list.hidden = !found;
    this.expanded();
    this.area.removeAttribute("aria-activedescendant");
    if (!found) return;
    if (found.hint) {
      fill(list, h("div", { class: "offer static" }, commandRow(found.hint)));
      return;
    }
    fill(list, found.heading ? h("div", { class: "offer-heading" }, found.heading) : null, found.items.map((item, i) => h("div", {
      class: `offer${i === this.at ? " at" : ""}`, role: "option", id: `${list.id}-${i}`, "aria-selected": String(i === this.at),
      on: { click: () => this.take(i) },
    }, item.draw())));
    this.area.setAttribute("aria-activedescendant", `${list.id}-${this.at}`);
    list.querySelector(".at")?.scrollIntoView({ block: "nearest" });
  }

  take(i) {
    const { area, found } = this;
    area.setRangeText(found.items[i].insert, found.from, area.selectionStart, "end");
    this.look();
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Whether the key was for the list. */
  key(event) {
    if (event.key === "Escape" && this.found) {
      this.close();
      return true;
    }
    if (!this.open) return false;
    const { items } = this.found;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      this.at = (this.at + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length;
      this.draw();
      return true;
    }
    // A command that stands there in full is meant: Enter sends it.
    const whole = event.key === "Enter" && items.some((item) => item.exact) && this.at === 0;
    if ((event.key !== "Enter" && event.key !== "Tab") || event.shiftKey || whole) return false;
    this.take(this.at);
    return true;
  }
}
