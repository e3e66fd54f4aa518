// The viewer's phone: what reached them from outside Slack, also while Slack is away. And a knock when any phone buzzes.

import * as api from "./api.js";
import { fill, freshId, h, reconcile } from "./dom.js";
import { icon } from "./icons.js";
import { link } from "./mrkdwn.js";
import { become } from "./people.js";
import { beep } from "./sound.js";
import { isMe, person, store } from "./store.js";
import { full, relative } from "./times.js";

const OPEN = "sandbox-phone";
const ADDRESS = /(https?:\/\/[^\s<>"]*[^\s<>".,;:!?')\]}])/;
const KNOCK = 12_000;
const NEAR = 60;

export class Phone {
  constructor(root) {
    this.root = root;
    const { name } = store.viewer;
    const titleId = freshId("phone-title");
    this.count = h("span", { class: "mentions", hidden: true });
    this.owner = h("span", { class: "phone-owner" });
    this.others = h("ul", { class: "other-phones", "aria-label": "Other phones with something new", hidden: true });
    this.button = h("button", { class: "top-button phone-button", type: "button", "aria-controls": root.id, on: { click: () => this.toggle() } }, icon("phone"), this.count, this.owner);
    this.number = h("span", { class: "quiet" });
    this.off = h("p", { class: "phone-off", role: "status" });
    this.empty = h("p", { class: "quiet nothing" }, "No texts. Here arrives what an app sends people without Slack.");
    this.list = h("ol", { class: "texts", "aria-labelledby": titleId });
    this.strangers = h("div", { class: "strangers" });
    this.screen = h("div", { class: "phone-screen", tabIndex: 0, role: "region", "aria-label": `Texts to ${name}, the newest last` }, this.empty, this.list, this.strangers);
    this.words = h("input", { class: "text-input", type: "text", autocomplete: "off", "aria-label": "Reply to the texts", placeholder: "Reply, e.g. 1" });
    this.reply = h("form", { class: "phone-reply", hidden: true, on: { submit: (event) => this.send(event) } }, this.words, h("button", { class: "button small" }, "Send"));
    this.knocks = document.getElementById("knocks");
    fill(root,
      h("header", { class: "phone-head" },
        h("div", {}, h("h2", { id: titleId }, `${name}’s phone`), this.number),
        h("button", { class: "icon-button", type: "button", "aria-label": "Close the phone", on: { click: () => this.toggle() } }, icon("close"))),
      this.others, this.off, this.screen, this.reply);
    root.setAttribute("aria-labelledby", titleId);
    root.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && this.toggle());
    document.addEventListener("visibilitychange", () => this.look());
    this.draw();
    if (sessionStorage.getItem(OPEN)) this.open();
  }

  get shown() {
    return !this.root.hidden;
  }

  toggle() {
    if (!this.shown) {
      this.open();
      this.screen.focus();
      return;
    }
    const inside = this.root.contains(document.activeElement);
    this.close();
    if (inside) this.button.focus();
  }

  close() {
    sessionStorage.removeItem(OPEN);
    this.root.hidden = true;
    this.draw();
  }

  open() {
    sessionStorage.setItem(OPEN, "yes");
    this.root.hidden = false;
    this.knocks.querySelector("[data-mine]")?.remove();
    this.draw();
    this.look(true);
  }

  /** The button: how much is new. */
  draw() {
    const news = store.sidebar.phone ?? 0;
    const said = news ? `, ${news} new` : "";
    const others = (store.sidebar.phones ?? []).filter((one) => !isMe(one.user)).map((one) => ({ ...one, whose: person(one.user) })).filter((one) => one.whose);
    const named = others.map((one) => `; ${one.whose.name}’s phone, ${one.unread} new`).join("");
    this.count.textContent = news || others.reduce((sum, one) => sum + one.unread, 0);
    this.count.hidden = !news && !others.length;
    fill(this.owner, news || !others.length ? "" : others.length > 1 ? `${others.length} phones` : others[0].whose.name.split(" ")[0]);
    reconcile(this.others, others.map((one) => ({ key: one.user, looks: String(one.unread), make: () => otherPhone(one) })));
    this.others.hidden = !others.length;
    this.button.setAttribute("aria-label", `${store.viewer.name}’s phone${said}${named}`);
    this.button.setAttribute("aria-expanded", String(this.shown));
    this.button.title = `${store.viewer.name}’s phone (Alt+T)${said}${named}: what arrives without Slack`;
  }

  async look(toEnd = false) {
    if (!this.shown || document.hidden) return;
    const found = await api.phone();
    if (!found.texts) return;
    this.take(found, toEnd);
    if (found.unread) api.act("read_phone");
  }

  take({ number, texts, strangers, off }, toEnd) {
    const { screen } = this;
    const atEnd = toEnd || screen.scrollHeight - screen.scrollTop - screen.clientHeight < NEAR;
    fill(this.number, number || "no number");
    fill(this.off, off ? [icon("warning"), "No signal: the phones are switched off in the inspector."] : null);
    this.empty.hidden = texts.length > 0;
    this.reply.hidden = !texts.some((one) => one.replies);
    reconcile(this.list, texts.map(item));
    reconcile(this.strangers, strangers.map(({ number: whose, texts: theirs }) => ({
      key: whose, looks: JSON.stringify(theirs),
      make: () => h("section", {}, h("h3", {}, `To ${whose}, which nobody here has`), h("ol", { class: "texts" }, theirs.map((one) => item(one).make()))),
    })));
    if (atEnd) screen.scrollTop = this.list.offsetHeight;
  }

  /** Reply as a text, which whoever sent them answers by another one. */
  send(event) {
    event.preventDefault();
    const value = this.words.value.trim();
    this.words.value = "";
    if (value) api.act("reply_phone", { value });
  }

  /** Somebody's phone buzzed; nobody's is "". */
  buzz(user) {
    this.look();
    const whose = person(user);
    if (!whose) return;
    const mine = isMe(user);
    if (mine) beep();
    if (mine) this.button.animate?.([0, -14, 12, -10, 8, 0].map((turn) => ({ transform: `rotate(${turn}deg)` })), still() ? 0 : 600);
    if (mine && this.shown) fill(document.getElementById("announcer"), "A new text on your phone");
    else this.knock(whose, mine);
  }

  knock(whose, mine) {
    this.knocks.querySelector(`[data-whose="${CSS.escape(whose.id)}"]`)?.remove();
    const answer = () => {
      note.remove();
      if (mine) this.toggle();
      else becomeWithPhone(whose);
    };
    const note = h("div", { class: "knock", "data-whose": whose.id, "data-mine": mine },
      icon("phone"), h("span", {}, mine ? "Your phone buzzes" : `${whose.name}’s phone buzzes`),
      h("button", { class: "button small", type: "button", on: { click: answer } }, mine ? "Look" : `Be ${whose.name}`));
    this.knocks.append(note);
    const leave = () => (note.matches(":hover, :focus-within") ? setTimeout(leave, KNOCK) : note.remove());
    setTimeout(leave, KNOCK);
  }
}

/** Whose phone has something new: it stays until they look. */
function otherPhone({ whose, unread }) {
  return h("li", {}, h("span", {}, icon("phone"), ` ${whose.name}: ${unread} new`),
    h("button", { class: "button small", type: "button", on: { click: () => becomeWithPhone(whose) } }, `Be ${whose.name}`));
}

/** Be somebody else, with their phone in the hand. */
export function becomeWithPhone(whose) {
  sessionStorage.setItem(OPEN, "yes");
  become(whose);
}

const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

function item(text) {
  const moment = Date.parse(text.at);
  const when = relative(moment);
  return {
    key: text.id, looks: JSON.stringify([when, text.title, text.text, text.buttons]),
    make: () => h("li", { class: "text-in" },
      text.title ? h("strong", {}, text.title) : null,
      text.text ? h("p", {}, text.text.split(ADDRESS).map((part, i) => (i % 2 ? link(part, part) : part))) : null,
      text.files.map((name) => h("p", { class: "quiet" }, name)),
      text.buttons.map(({ label }) => h("button", { class: "button small", type: "button", on: { click: () => api.act("press_phone", { name: text.id, value: label }) } }, label)),
      h("time", { class: "stamp", datetime: text.at, title: full(moment) }, when)),
  };
}
