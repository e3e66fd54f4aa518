// Makes Slack misbehave, so that one can see what the app does about it.

import * as api from "./api.js";
import { fill, freshId, h } from "./dom.js";
import { toast } from "./popup.js";

const READY_MADE = [
  ["Three calls are rate limited", "429, try again in 5 seconds", { method: "*", kind: "ratelimit", value: 5, times: 3 }],
  ["The next reply is lost", "Slack does as told, and the answer never arrives", { method: "*", kind: "drop_after", value: 0, times: 1 }],
  ["The next call is lost", "The connection breaks before anything happened", { method: "*", kind: "drop_before", value: 0, times: 1 }],
  ["The next call gets an error", "HTTP 500", { method: "*", kind: "status", value: 500, times: 1 }],
];

const DRILLS = {
  warning: ["Announce a disconnect", "Slack warns, then closes the socket"],
  refresh_requested: ["Ask for a new connection", "As Slack does every few hours"],
  link_disabled: ["Cut the socket off", "Socket Mode is switched off"],
};

export class Switchboard {
  constructor() {
    this.node = h("div", { class: "switchboard" });
  }

  async look() {
    this.take(await api.faults());
  }

  async change(what) {
    const answer = await api.setFaults(what);
    if (answer.limits) this.take(answer);
    else toast(answer.error ?? "That could not be set.");
  }

  take(state) {
    if (!state.limits) return;
    const looks = JSON.stringify(state);
    if (looks === this.looks) return;
    const focused = document.activeElement?.closest?.(".switchboard [data-key]")?.dataset.key;
    Object.assign(this, { looks, state });
    this.ownFault ??= this.own();
    const off = slackDisturbed(state);
    document.body.classList.toggle("has-faults", disturbed(state));
    document.dispatchEvent(new CustomEvent("faults", { detail: state }));
    fill(this.node,
      h("div", { class: "switch-top" },
        h("p", { role: "status" }, off ? "Slack is being disturbed." : disturbed(state) ? "The phones are being disturbed." : "Slack works as it should."),
        h("button", { class: "button small", type: "button", "data-key": "clear", disabled: !disturbed(state), on: { click: () => this.change({ clear: true }) } }, "Back to normal")),
      this.slack(), this.phones(), this.calls(), this.events());
    if (focused) this.node.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  slack() {
    const { down, latency, limits } = this.state;
    return part("Slack",
      this.toggle("Slack is down", "Every call fails, and nothing is delivered", down, "down", (on) => ({ down: on })),
      this.number("Every call takes longer, by", "ms", latency, "latency", (value) => ({ latency: value })),
      this.toggle("Rate limits by tier", "As Slack counts, per method and minute", limits.tiers, "tiers", (on) => ({ limits: { tiers: on } }), false),
      this.toggle("One message a second per channel", "Faster posts are answered with 429", limits.posting, "posting", (on) => ({ limits: { posting: on } }), false));
  }

  phones() {
    const { phones } = this.state;
    return part("Phones",
      this.toggle("Phones are switched off", "Texts get 503", phones.down, "phones-down", (on) => ({ phones: { down: on } })),
      this.toggle("Receipts are lost", "Texts arrive, and whoever sent them does not hear of it", phones.lose_replies, "phones-lose", (on) => ({ phones: { lose_replies: on } })),
      this.number("Every text takes longer, by", "ms", phones.delay, "phones-delay", (value) => ({ phones: { delay: value } })));
  }

  calls() {
    const { faults } = this.state;
    const buttons = READY_MADE.map(([name, note, add], i) => this.action(name, note, `ready-${i}`, { add }));
    const rows = faults.map((one) => h("li", {}, h("code", {}, one.method), ` ${one.kind}${one.value ? ` ${one.value}` : ""}`, h("span", { class: "quiet" }, one.times > 1 ? ` · ${one.times} times` : " · once")));
    return part("The app's next calls", buttons, this.ownFault, rows.length ? h("div", {}, h("h4", {}, "Waiting to happen"), h("ul", { class: "waiting" }, rows)) : null);
  }

  /** A fault of one's own making. */
  own() {
    const { kinds } = this.state;
    const [methodId, kindId, valueId, timesId] = ["method", "kind", "value", "times"].map(freshId);
    const method = h("input", { class: "text-input", id: methodId, value: "chat.*", spellcheck: "false", "data-key": "own-method" });
    const kind = h("select", { class: "text-input", id: kindId, "data-key": "own-kind", on: { change: () => show() } }, kinds.map((one) => h("option", { value: one.kind }, one.kind)));
    const value = h("input", { class: "text-input", id: valueId, "data-key": "own-value" });
    const times = h("input", { class: "text-input", id: timesId, type: "number", min: 1, value: 1, "data-key": "own-times" });
    const meaning = h("label", { for: valueId });
    const show = () => {
      const means = kinds.find((one) => one.kind === kind.value)?.value;
      value.disabled = !means;
      fill(meaning, means ?? "No value");
    };
    const add = () => {
      const given = value.disabled ? 0 : Number(value.value) || value.value;
      this.change({ add: { method: method.value.trim() || "*", kind: kind.value, value: given, times: Number(times.value) || 1 } });
    };
    show();
    const cell = (label, field) => h("div", {}, label, field);
    return h("details", { class: "own" }, h("summary", {}, "Another fault"),
      h("div", { class: "own-grid" }, cell(h("label", { for: methodId }, "Method"), method), cell(h("label", { for: kindId }, "Fault"), kind),
        cell(meaning, value), cell(h("label", { for: timesId }, "Times"), times)),
      h("button", { class: "button small primary", type: "button", "data-key": "own-add", on: { click: add } }, "Add"));
  }

  events() {
    const { events, sockets } = this.state;
    const drills = sockets.drills.map((one) => this.action(...(DRILLS[one] ?? [one, ""]), `drill-${one}`, { drill: one }));
    return part("What the app is sent",
      this.toggle("Everything arrives twice", "Events, commands and clicks", events.twice, "twice", (on) => ({ events: { twice: on } })),
      this.toggle("In the wrong order", "Each pair of events changes places", events.backwards, "backwards", (on) => ({ events: { backwards: on } })),
      this.number("Everything arrives late, by", "ms", events.delay, "delay", (value) => ({ events: { delay: value } })),
      h("p", { class: "quiet" }, sockets.disabled ? "Socket Mode is switched off." : `${sockets.open} open ${sockets.open === 1 ? "socket" : "sockets"}`), drills);
  }

  toggle(name, note, on, key, change, harm = true) {
    const [id, noteId] = [freshId("switch"), freshId("note")];
    return h("div", { class: "switch-row" },
      h("label", { for: id }, name, h("span", { class: "quiet", id: noteId }, note)),
      h("input", { id, type: "checkbox", class: `switch${harm ? " harm" : ""}`, role: "switch", checked: on, "aria-describedby": noteId, "data-key": key, on: { change: (event) => this.change(change(event.target.checked)) } }));
  }

  number(name, unit, value, key, change) {
    const id = freshId("number");
    const input = h("input", { id, class: "text-input", type: "number", min: 0, step: 100, value, "data-key": key, on: { change: () => this.change(change(Math.max(0, Number(input.value) || 0))) } });
    return h("div", { class: "switch-row" }, h("label", { for: id }, name), h("span", { class: "with-unit" }, input, h("span", { class: "quiet" }, unit)));
  }

  action(name, note, key, what) {
    return h("button", { class: "switch-action", type: "button", "data-key": key, on: { click: () => this.change(what) } }, h("span", {}, name), h("span", { class: "quiet" }, note));
  }
}

function part(name, ...rows) {
  return h("section", { "aria-label": name }, h("h3", {}, name), rows);
}

function disturbed(state) {
  const { down, delay, lose_replies: lost } = state.phones;
  return slackDisturbed(state) || Boolean(down || delay || lost);
}

function slackDisturbed({ down, latency, faults, events, sockets }) {
  return Boolean(down || latency || faults.length || events.twice || events.backwards || events.delay || sockets.disabled);
}
