// Every Web API call, every delivery, every acknowledgement and every text to a phone, the newest first.

import * as api from "./api.js";
import { fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { toast } from "./popup.js";
import { timeWithSeconds } from "./times.js";

const MOST = 300;
const PAGE = 500;

const KINDS = { call: "Calls", event: "Events", ack: "Acks", text: "Texts" };
const SIGNS = { call: ["→", "The app called"], event: ["←", "The app was sent"], ack: ["✓", "The app answered"], text: ["✉", "A phone got a text"] };

export class Traffic {
  constructor() {
    Object.assign(this, { after: -1, round: 0, kinds: new Set(Object.keys(KINDS)), unfinished: new Map() });
    this.filter = h("input", { class: "text-input", type: "search", placeholder: "Filter: chat.*, views", "aria-label": "Filter by method", on: { input: () => this.again() } });
    const kinds = Object.entries(KINDS).map(([kind, name]) => h("button", {
      class: "kind", type: "button", "aria-pressed": "true", on: { click: (event) => this.switchKind(kind, event.currentTarget) },
    }, name));
    this.entries = h("ol", { class: "entries", "aria-label": "Traffic, the newest first" });
    this.empty = h("p", { class: "quiet nothing" }, "Nothing yet.");
    const clear = h("button", { class: "button small", type: "button", on: { click: () => this.clear() } }, "Clear");
    this.node = h("div", { class: "traffic" }, h("div", { class: "traffic-bar" }, this.filter, h("div", { class: "kinds", role: "group", "aria-label": "Show" }, kinds, clear)), this.empty, this.entries);
  }

  switchKind(kind, button) {
    if (!this.kinds.delete(kind)) this.kinds.add(kind);
    button.setAttribute("aria-pressed", String(this.kinds.has(kind)));
    this.again();
  }

  /** Forget what was shown; what comes from now on is shown. */
  clear() {
    this.since = this.after;
    this.unfinished.clear();
    fill(this.entries);
    this.empty.hidden = false;
  }

  again() {
    this.after = this.since ?? -1;
    this.round += 1;
    this.unfinished.clear();
    fill(this.entries);
    this.look();
  }

  async look() {
    if (this.looking === this.round) return;
    const { round } = this;
    this.looking = round;
    const old = this.unfinished.size ? await api.record({ only: [...this.unfinished.keys()].join(",") }) : {};
    let full = true;
    while (full && round === this.round) full = this.take(await this.page(), round);
    if (round === this.round) for (const entry of old.entries ?? []) this.finish(entry);
    if (this.looking === round) this.looking = null;
    this.empty.hidden = this.entries.childElementCount > 0;
  }

  page() {
    const typed = this.filter.value.trim();
    const method = typed && !/[*?]/.test(typed) ? `*${typed}*` : typed;
    return this.kinds.size ? api.record({ after: this.after, method: method || null, kind: [...this.kinds].join(","), limit: PAGE }) : {};
  }

  /** Show some more; true when there may be others behind them. */
  take({ entries = [], next }, round) {
    if (round !== this.round) return false;
    for (const entry of entries) {
      const node = row(entry);
      if (entry.ms === null) this.unfinished.set(entry.n, node);
      this.entries.prepend(node);
    }
    this.after = next ?? entries.at(-1)?.n ?? this.after;
    while (this.entries.childElementCount > MOST) this.entries.lastElementChild.remove();
    return entries.length >= PAGE;
  }

  finish(entry) {
    const node = this.unfinished.get(entry.n);
    if (!node || entry.ms === null) return;
    this.unfinished.delete(entry.n);
    const focused = node.contains(document.activeElement);
    const fresh = row(entry, node.querySelector("details").open);
    node.replaceWith(fresh);
    if (focused) fresh.querySelector("summary").focus();
  }
}

function row(entry, open = false) {
  const bad = Boolean(entry.error) || entry.ok === false;
  const [sign, meaning] = SIGNS[entry.kind] ?? ["·", entry.kind];
  const warned = entry.warnings?.length;
  const note = entry.error ?? (entry.kind === "ack" ? "" : entry.ms === null ? "…" : `${entry.ms} ms`);
  const details = h("details", { open: open || null },
    h("summary", {},
      h("span", { class: "arrow", "aria-hidden": "true" }, sign), h("span", { class: "sr-only" }, meaning),
      h("span", { class: "entry-method" }, entry.method),
      entry.attempt > 1 ? h("span", { class: "entry-again" }, `${entry.attempt}.`) : null,
      warned ? icon("warning", "with warnings") : null,
      h("span", { class: "entry-note" }, note), h("time", { class: "entry-time" }, timeWithSeconds(Date.parse(entry.time)))));
  // What is not looked at need not be drawn.
  const draw = () => details.open && details.childElementCount === 1 && details.append(inside(entry));
  details.addEventListener("toggle", draw);
  draw();
  return h("li", { class: `entry ${entry.kind}${bad ? " bad" : ""}${warned ? " warned" : ""}` }, details);
}

function inside(entry) {
  const python = entry.python && h("button", { class: "button small", type: "button", on: { click: (event) => copy(entry.python, event.currentTarget) } }, icon("copy"), h("span", {}, "Copy as Python"));
  const took = entry.ms === null ? "not finished" : `${entry.ms} ms`;
  return h("div", { class: "entry-inside" },
    h("div", { class: "entry-facts" }, h("span", { class: "quiet" }, [took, entry.status && `HTTP ${entry.status}`, entry.attempt > 1 && `attempt ${entry.attempt}`].filter(Boolean).join(" · ")), python),
    entry.warnings?.length ? h("ul", { class: "entry-warnings" }, entry.warnings.map((one) => h("li", {}, icon("warning"), h("span", {}, one)))) : null,
    part("Arguments", entry.args), part("Result", entry.result));
}

function part(name, value) {
  if (value === null || value === undefined) return null;
  return h("div", {}, h("h3", {}, name), h("pre", { tabIndex: 0, role: "region", "aria-label": name }, JSON.stringify(value, null, 2)));
}

async function copy(text, button) {
  const words = button.querySelector("span");
  try {
    await navigator.clipboard.writeText(text);
    words.textContent = "Copied";
    setTimeout(() => {
      words.textContent = "Copy as Python";
    }, 1500);
  } catch {
    toast(text);
  }
}
