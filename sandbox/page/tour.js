// The first minutes, as story.json tells them, said in a strip that covers nothing.

import * as api from "./api.js";
import { fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { become } from "./people.js";
import { becomeWithPhone } from "./phone.js";
import { toast } from "./popup.js";
import { isMe, person as personOf, store } from "./store.js";
import { now } from "./times.js";

const KEY = "sandbox-tour";
const COMMAND = "/inc";
const QUARTER = 14 * 60_000;

const botPlace = () => store.sidebar.dms.find((one) => one.with.id === store.world.bot.user_id);
const withBot = () => store.conversation?.kind === "im" && store.conversation.with === store.world.bot.user_id;
const write = (text) => document.dispatchEvent(new CustomEvent("write", { detail: text }));

/** Each step of the story: as whom it is done, buttons that help, and how the page sees that it was done. */
const STEPS = [
  {
    as: "dev",
    button: { label: "Type it for me", run: () => write(`${COMMAND} declare checkout is down`) },
    done: ({ rooms }) => store.sidebar.channels.some((one) => !rooms.includes(one.id)),
  },
  { as: "ana", button: { label: "Open your page", run: () => openPage() }, done: ({ starter }) => withBot() && !isMe(starter) },
  { button: { label: "Skip 15 minutes", run: () => skip() }, done: ({ at }) => now() - at > QUARTER },
  {
    as: "ines",
    button: { label: "Open your page", run: () => openPage() },
    then: { label: "Open the channel", run: (state, tour) => openRoom(state, tour) },
    done: ({ room }) => store.channel === room && store.conversation?.messages?.some((one) => /acknowledged/.test(one.text)),
  },
  { button: { label: "Open the channel", run: (state, tour) => openRoom(state, tour) }, done: ({ ran }) => /^timeline\b/.test(ran ?? "") },
  {
    as: "dev",
    button: { label: "Type it for me", run: () => write(`${COMMAND} declare the database is down`) },
    then: { label: "Take Slack away, skip 16 minutes", run: (_, tour) => breakSlack(tour) },
    buzzes: true,
    done: ({ down, buzzed }) => down && buzzed.length > 0,
  },
  {
    button: { label: "Open the phone", phone: true },
    then: { label: "Bring Slack back", run: (_, tour) => bringSlackBack(tour) },
    done: ({ down, was }) => was && down === false,
  },
];

/** The story's words: `code` and **strong**. */
function marked(text) {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) => {
    if (part.startsWith("`")) return h("code", {}, part.slice(1, -1));
    return part.startsWith("**") ? h("strong", {}, part.slice(2, -2)) : part;
  });
}

async function skip(minutes = 15) {
  const answer = await api.advance(minutes * 60);
  if (!answer.clock) toast(answer.error ?? "The time could not be moved.");
}

/** A page falls due that cannot be sent, and after a minute it goes another way. */
async function breakSlack(tour) {
  await tour.turn({ down: true });
  await skip(16);
}

/** What could not be said is said within two minutes. */
async function bringSlackBack(tour) {
  await tour.turn({ down: false });
  await skip(2);
}

function openPage() {
  const place = botPlace();
  if (place) location.hash = place.id;
  else toast("Nobody has paged you yet. Give it a moment.");
}

function openRoom({ room }, tour) {
  tour.phone.close();
  if (room) location.hash = room;
}

export class Tour {
  /** `turn(what)` turns the inspector's switches; `phone` is the viewer's. */
  constructor(root, { turn, phone }) {
    Object.assign(this, { root, turn, phone, down: false });
    this.state = null;
    this.dots = h("span", { class: "tour-dots", "aria-hidden": "true" });
    this.words = h("div", { class: "tour-words", "aria-live": "polite" });
    this.buttons = h("div", { class: "tour-buttons" });
    this.close = h("button", { class: "icon-button", type: "button", "aria-label": "Skip the tour", title: "Skip the tour", on: { click: () => this.end() } }, icon("close"));
    fill(root, this.dots, this.words, this.buttons, this.close);
    document.addEventListener("faults", (event) => {
      this.down = event.detail.down;
      this.note({ down: this.down });
    });
    document.addEventListener("ran", (event) => this.note({ ran: event.detail }));
  }

  get offered() {
    return store.world.commands.some((one) => one.command === COMMAND);
  }

  /** Go on where this window was, or begin with somebody who is new here. */
  resume() {
    const kept = sessionStorage.getItem(KEY);
    if (!this.offered) return;
    if (kept) {
      this.state = JSON.parse(kept);
      this.draw();
      this.look();
    } else if (localStorage.getItem(KEY) !== "over") {
      this.begin();
    }
  }

  start() {
    if (!this.offered) return;
    localStorage.removeItem(KEY);
    this.begin();
    this.root.querySelector(".tour-help")?.focus();
  }

  begin() {
    this.state = { step: -1, starter: store.viewer.id, rooms: store.sidebar.channels.map((one) => one.id), buzzed: [] };
    this.to(0);
  }

  to(step) {
    Object.assign(this.state, { step, at: now(), ran: null, down: this.down, was: this.down });
    if (STEPS[step]?.buzzes) this.state.buzzed = [];
    this.keep();
    this.draw();
  }

  note(what) {
    if (!this.state) return;
    Object.assign(this.state, what);
    this.keep();
    this.look();
  }

  /** Somebody's phone buzzed. */
  heard(user) {
    this.note({ buzzed: [...(this.state?.buzzed ?? []), user] });
  }

  keep() {
    sessionStorage.setItem(KEY, JSON.stringify(this.state));
  }

  /** Something changed: was it what the step asks for? */
  look() {
    const { state } = this;
    if (!state || !STEPS[state.step]?.done(state)) return;
    if (state.step === 0) state.room = store.sidebar.channels.find((one) => !state.rooms.includes(one.id))?.id;
    this.to(state.step + 1);
  }

  end() {
    const inside = this.root.contains(document.activeElement);
    localStorage.setItem(KEY, "over");
    sessionStorage.removeItem(KEY);
    this.state = null;
    this.root.hidden = true;
    if (inside) document.querySelector("#pane textarea, #pane .messages")?.focus();
  }

  draw() {
    const { step } = this.state;
    const one = STEPS[step];
    const focused = this.root.contains(document.activeElement);
    this.root.hidden = false;
    fill(this.dots, STEPS.map((_, i) => h("i", { class: i < step ? "done" : i === step ? "now" : "" })));
    fill(this.words, one ? said(step) : farewell());
    fill(this.buttons, one ? this.help(one) : null);
    if (focused) (this.root.querySelector(".tour-help") ?? this.close).focus();
  }

  help(one) {
    const { label, phone, run } = one.button;
    const other = store.world.people.find((who) => who.handle === one.as && !isMe(who.id));
    const press = () => {
      if (other) become(other);
      else if (phone) this.takePhone();
      else run(this.state, this);
      this.look();
    };
    return [
      h("button", { class: "button small primary tour-help", type: "button", on: { click: press } }, other ? `Become ${other.name}` : label),
      one.then ? h("button", { class: "button small", type: "button", on: { click: () => one.then.run(this.state, this) } }, one.then.label) : null,
      h("button", { class: "button small", type: "button", on: { click: () => this.to(this.state.step + 1) } }, "Next"),
    ];
  }

  /** Open the phone that buzzed first. */
  takePhone() {
    const [first] = this.state.buzzed;
    if (!first || isMe(first)) this.phone.open();
    else becomeWithPhone(personOf(first));
  }
}

function said(step) {
  const [title, text] = store.story.steps[step];
  return [h("strong", {}, h("span", { class: "tour-count" }, `${step + 1} of ${STEPS.length} `), title), h("span", {}, marked(text))];
}

function farewell() {
  return [h("span", {}, marked(store.story.good))];
}
