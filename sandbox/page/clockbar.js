// The bar at the top: the sandbox's time, and the buttons that move it on.

import * as api from "./api.js";
import { avatar } from "./avatar.js";
import { fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { toast } from "./popup.js";
import { switchPerson } from "./sidebar.js";
import { store } from "./store.js";
import { dayName, now, setClock, time } from "./times.js";

const STEPS = [1, 5, 15];

export class ClockBar {
  constructor(root, { onMoved, toggleInspector }) {
    this.onMoved = onMoved;
    this.time = h("time", { class: "clock-time" });
    this.state = h("span", { class: "offline", role: "status" });
    const steps = STEPS.map((minutes) => h("button", {
      class: "step", type: "button", disabled: !store.world.can_advance, "aria-label": `Move the time on by ${minutes} ${minutes === 1 ? "minute" : "minutes"}`,
      title: store.world.can_advance ? "" : "This sandbox follows the real time", on: { click: (event) => this.advance(minutes, event.currentTarget) },
    }, `+${minutes} min`));
    fill(root,
      h("span", { class: "brand" }, "Sandbox"),
      h("div", { class: "clock", role: "group", "aria-label": "The sandbox's time" }, icon("clock"), this.time, steps),
      this.state,
      h("span", { class: "top-gap" }),
      h("button", { class: "top-button top-me", type: "button", "aria-label": `You are ${store.viewer.name}. Be somebody else`, "aria-haspopup": "menu", on: { click: (event) => switchPerson(event.currentTarget) } }, avatar(store.viewer, "small")),
      h("button", { class: "top-button", type: "button", title: "What Slack and the app said to each other", "aria-label": "Inspector", on: { click: toggleInspector } }, icon("pulse")));
    this.tick();
  }

  tick() {
    const moment = now();
    const text = `${dayName(moment)} ${time(moment)}`;
    if (this.time.textContent === text) return false;
    this.time.textContent = text;
    this.time.dateTime = new Date(moment).toISOString();
    return true;
  }

  connected(on) {
    this.state.textContent = on ? "" : "Reconnecting…";
  }

  async advance(minutes, button) {
    button.classList.add("busy");
    const answer = await api.advance(minutes * 60);
    button.classList.remove("busy");
    if (!answer.clock) {
      toast(answer.error ?? "The time could not be moved.");
      return;
    }
    setClock(answer.clock);
    this.tick();
    this.onMoved();
  }
}
