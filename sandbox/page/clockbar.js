// The bar at the top: the sandbox's time, and the buttons that move it on, stop it and hurry it.

import * as api from "./api.js";
import { avatar } from "./avatar.js";
import { fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { showKeys } from "./keys.js";
import { switchPerson } from "./people.js";
import { openMenu, toast } from "./popup.js";
import { soundIsOn, switchSound } from "./sound.js";
import { store } from "./store.js";
import { dayName, now, setClock, time } from "./times.js";

const STEPS = [1, 5, 15];
const SPEEDS = [10, 60];
const REAL_TIME = "This sandbox follows the real time";

export class ClockBar {
  constructor(root, { onMoved, toggleInspector, startTour, phone }) {
    Object.assign(this, { onMoved, toggleInspector, startTour, pace: { speed: 1, paused: false } });
    this.day = h("span", { class: "clock-day" });
    this.hour = h("span");
    this.time = h("time", { class: "clock-time" }, this.day, " ", this.hour);
    this.state = h("span", { class: "offline", role: "status" });
    this.pause = h("button", { class: "step pace", type: "button", on: { click: () => this.change({ paused: !this.pace.paused }) } });
    this.speeds = SPEEDS.map((speed) => h("button", {
      class: "step pace", type: "button", "aria-label": `Let the time run ${speed} times as fast`, "data-speed": speed, on: { click: () => this.hurry(speed) },
    }, `×${speed}`));
    fill(root,
      h("span", { class: "brand" }, "Sandbox"),
      h("div", { class: "clock", role: "group", "aria-label": "The sandbox's time" }, icon("clock"), this.time, STEPS.map((minutes) => this.step(minutes)), this.pause, this.speeds),
      this.state,
      h("span", { class: "top-gap" }),
      h("button", { class: "top-button top-me", type: "button", "aria-label": `You are ${store.viewer.name}. Be somebody else`, "aria-haspopup": "menu", on: { click: (event) => switchPerson(event.currentTarget) } }, avatar(store.viewer, "small")),
      phone,
      h("button", { class: "top-button wide", type: "button", title: "Inspector (Alt+I): what Slack and the app said to each other", "aria-label": "Inspector", on: { click: toggleInspector } }, icon("pulse")),
      h("button", { class: "top-button", type: "button", title: "Help", "aria-label": "Help and settings", "aria-haspopup": "menu", on: { click: (event) => this.help(event.currentTarget) } }, icon("help")));
    this.draw();
    this.tick();
    this.ask();
  }

  step(minutes) {
    return h("button", {
      class: "step", type: "button", disabled: !store.world.can_advance, "aria-label": `Move the time on by ${minutes} ${minutes === 1 ? "minute" : "minutes"}`,
      title: store.world.can_advance ? "" : REAL_TIME, on: { click: (event) => this.advance(minutes, event.currentTarget) },
    }, `+${minutes}`, h("span", { class: "unit" }, " min"));
  }

  help(anchor) {
    openMenu(anchor, [
      { label: "Take the tour", icon: "compass", run: this.startTour },
      { label: "Keyboard shortcuts", icon: "keys", run: showKeys },
      { label: "Inspector", note: "What Slack and the app said to each other", icon: "pulse", run: this.toggleInspector },
      "-",
      { label: soundIsOn() ? "Turn the sound off" : "Turn the sound on", note: "A knock when you are notified", icon: soundIsOn() ? "mute" : "sound", run: switchSound },
    ], { label: "Help and settings" });
  }

  async ask() {
    const found = await api.clock();
    if (found.now) this.take(found);
  }

  /** The sandbox told its time and its pace. */
  take({ now: iso, speed = 1, paused = false, can_pause: may }) {
    setClock(iso, paused ? 0 : speed);
    if (may !== undefined) this.mayPause = may;
    this.pace = { speed, paused };
    this.draw();
    this.onMoved();
  }

  draw() {
    const { speed, paused } = this.pace;
    const may = { pause: this.mayPause ?? false, hurry: store.world.can_advance };
    const looks = JSON.stringify([speed, paused, may]);
    if (looks === this.looks) return;
    this.looks = looks;
    const words = paused ? "Let the time run" : "Stop the time";
    fill(this.pause, icon(paused ? "play" : "pause"));
    this.pause.setAttribute("aria-label", words);
    for (const button of [this.pause, ...this.speeds]) {
      button.disabled = !(button === this.pause ? may.pause : may.hurry);
      button.title = button.disabled ? REAL_TIME : button.getAttribute("aria-label");
    }
    this.pause.classList.toggle("on", paused);
    this.time.classList.toggle("paused", paused);
    for (const button of this.speeds) button.setAttribute("aria-pressed", String(Number(button.dataset.speed) === speed && !paused));
  }

  tick() {
    const moment = now();
    const [its, hour] = [dayName(moment), time(moment)];
    if (this.day.textContent === its && this.hour.textContent === hour) return false;
    fill(this.day, its);
    this.day.classList.toggle("today", its === "Today");
    fill(this.hour, hour);
    this.time.dateTime = new Date(moment).toISOString();
    return true;
  }

  connected(on) {
    this.state.textContent = on ? "" : "Reconnecting…";
  }

  hurry(speed) {
    const { pace } = this;
    this.change({ speed: pace.speed === speed && !pace.paused ? 1 : speed, ...(pace.paused ? { paused: false } : {}) });
  }

  async change(wanted) {
    const answer = await api.setPace(wanted);
    if (answer.now) this.take(answer);
    else toast(answer.error ?? "The time could not be changed.");
  }

  /** Skip some minutes; false when that was not possible. */
  async advance(minutes, button = null) {
    button?.classList.add("busy");
    const answer = await api.advance(minutes * 60);
    button?.classList.remove("busy");
    if (!answer.clock) {
      toast(answer.error ?? "The time could not be moved.");
      return false;
    }
    setClock(answer.clock);
    this.onMoved();
    return true;
  }
}
