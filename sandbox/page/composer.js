// The box in which people write.

import { Completion } from "./completion.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { pickEmoji } from "./reactions.js";
import { openMenu } from "./popup.js";
import { store } from "./store.js";

const MARKS = [["bold", "Bold", "*"], ["italic", "Italic", "_"], ["strike", "Strikethrough", "~"], ["code", "Code", "`"]];

export class Composer {
  /** `onSend(text)` answers whether the text may go from the box. */
  constructor({ label, slash = false, onSend, onShortcut, onDraft, footer = null }) {
    Object.assign(this, { onSend, onShortcut, onDraft });
    this.area = h("textarea", {
      class: "composer-text", rows: 1, placeholder: label, "aria-label": label, role: slash ? "combobox" : null,
      on: { keydown: (event) => this.key(event), input: () => this.changed() },
    });
    this.completion = new Completion(this.area, { slash });
    this.sendButton = h("button", { class: "send", type: "button", "aria-label": "Send now", on: { click: () => this.send() } }, icon("send"));
    this.node = h("div", { class: "composer" }, this.completion.list,
      h("div", { class: "composer-box" }, this.marks(), this.area, h("div", { class: "composer-bar" }, this.tools(slash), this.sendButton)),
      footer);
  }

  marks() {
    const buttons = MARKS.map(([name, label, mark]) => this.tool(name, label, () => this.wrap(mark)));
    const quote = this.tool("quote", "Blockquote", () => this.prefix("> "));
    return h("div", { class: "composer-marks", role: "toolbar", "aria-label": "Formatting" }, buttons, quote);
  }

  tools(slash) {
    const plus = h("button", { class: "tool round", type: "button", title: "Shortcuts", "aria-label": "Shortcuts", "aria-haspopup": "menu", on: { click: (event) => this.menu(event.currentTarget) } }, icon("plus"));
    return [
      slash ? plus : null,
      this.tool("smile", "Emoji", (event) => pickEmoji(event.currentTarget, (name) => this.insert(`:${name}: `))),
      this.tool("at", "Mention somebody", () => this.insert("@")),
      slash ? this.tool("slash", "Run a command", () => this.startCommand()) : null,
    ];
  }

  tool(name, label, run) {
    return h("button", { class: "tool", type: "button", title: label, "aria-label": label, on: { click: run } }, icon(name));
  }

  menu(anchor) {
    const found = store.world.shortcuts.filter((one) => one.type === "global");
    const items = found.map((one) => ({ label: one.name, note: `${store.world.bot.name} · ${one.description ?? ""}`, icon: "bolt", run: () => this.onShortcut(one.callback_id) }));
    const command = { label: "Run a command", note: "Type / in the message box", icon: "slash", run: () => this.startCommand() };
    openMenu(anchor, [{ heading: "Shortcuts" }, ...items, command], { label: "Shortcuts" });
  }

  startCommand() {
    this.area.value = "/";
    this.area.focus();
    this.area.setSelectionRange(1, 1);
    this.area.dispatchEvent(new Event("input"));
  }

  insert(text) {
    this.area.focus();
    this.area.setRangeText(text, this.area.selectionStart, this.area.selectionEnd, "end");
    this.area.dispatchEvent(new Event("input"));
  }

  wrap(mark) {
    const { selectionStart: from, selectionEnd: to, value } = this.area;
    this.area.setRangeText(mark + value.slice(from, to) + mark, from, to, "end");
    if (from === to) this.area.setSelectionRange(from + 1, from + 1);
    this.area.focus();
    this.changed();
  }

  prefix(mark) {
    const start = this.area.value.lastIndexOf("\n", this.area.selectionStart - 1) + 1;
    this.area.setRangeText(mark, start, start, "end");
    this.area.focus();
    this.changed();
  }

  changed() {
    this.area.style.height = "auto";
    this.area.style.height = `${Math.min(this.area.scrollHeight || 22, 260)}px`;
    this.sendButton.classList.toggle("ready", this.area.value.trim() !== "");
    this.onDraft?.(this.area.value);
  }

  put(text) {
    this.area.value = text;
    this.changed();
  }

  key(event) {
    if (event.isComposing) return;
    if (this.completion.key(event)) {
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send();
    }
  }

  async send() {
    const text = this.area.value;
    if (!text.trim()) return;
    this.completion.close();
    this.put("");
    // What could not be sent comes back, unless something else was begun meanwhile.
    if (!(await this.onSend(text)) && !this.area.value) this.put(text);
  }
}

/** The box for changing a message in place. */
export function editBox(text, { onSave, onCancel }) {
  const area = h("textarea", { class: "composer-text", rows: 2, "aria-label": "Edit message", value: text });
  const completion = new Completion(area, { slash: false });
  const save = () => area.value.trim() && onSave(area.value);
  area.addEventListener("keydown", (event) => {
    if (completion.key(event)) event.preventDefault();
    else if (event.key === "Escape") onCancel();
    else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      save();
    }
  });
  return h("div", { class: "composer edit-box" }, completion.list, h("div", { class: "composer-box" }, area,
    h("div", { class: "composer-bar end" },
      h("button", { class: "button small", type: "button", on: { click: onCancel } }, "Cancel"),
      h("button", { class: "button small primary", type: "button", on: { click: save } }, "Save"))));
}
