// A list of messages: the conversation's or a thread's.

import * as api from "./api.js";
import { editBox } from "./composer.js";
import { fill, h, reconcile } from "./dom.js";
import { drawMessage } from "./message.js";
import { bare, typed } from "./mrkdwn.js";
import { toast } from "./popup.js";
import { isMe, store } from "./store.js";
import { day, dayName, epoch, now } from "./times.js";
import { watchMessages } from "./toolbar.js";

const TOGETHER = 5 * 60_000;
const NEAR_END = 80;

// However long a conversation is, the page holds so many of its messages at once, and moves on by so many.
const HELD = 150;
const STEP = 50;
const MARGIN = 700;

export class MessageList {
  /** `intro(conversation)` draws what stands above the first message; `loadEarlier()` fetches older ones. */
  constructor({ label, thread = false, openThread, intro, loadEarlier }) {
    Object.assign(this, { thread, openThread, intro, loadEarlier, editing: null, messages: [], conversation: null });
    // The last message that is held; null at the end of the conversation.
    this.last = null;
    this.body = h("div", { class: "messages-body", role: "log", "aria-live": "off", "aria-label": label });
    this.node = h("div", { class: "messages", tabIndex: -1 }, this.body);
    // Pictures arrive late and fields grow: whoever reads the end goes on reading the end.
    this.stuck = true;
    this.node.addEventListener("scroll", () => this.scrolled());
    const sizes = new ResizeObserver(() => this.stuck && this.toEnd());
    sizes.observe(this.body);
    sizes.observe(this.node);
    watchMessages(this.body, {
      thread,
      openThread,
      channel: () => this.conversation.id,
      find: (ts) => this.messages.find((one) => one.ts === ts),
      edit: (ts) => this.edit(ts),
      dismiss: (message) => this.dismiss(message),
    });
  }

  edit(ts) {
    this.editing = ts;
    this.redraw();
    const area = this.body.querySelector(".edit-box textarea");
    area?.focus();
    area?.setSelectionRange(area.value.length, area.value.length);
  }

  async save(message, text) {
    const answer = await api.act("edit", { channel: this.conversation.id, ts: message.ts, text });
    if (!answer.ok) toast(answer.error);
    this.stopEditing();
  }

  async dismiss(message) {
    const channel = this.conversation.id;
    if (message.local) {
      forget(channel, message.ts);
      return;
    }
    const answer = await api.act("delete", { channel, ts: message.ts });
    if (!answer.ok) toast(answer.error);
  }

  stopEditing() {
    this.editing = null;
    this.redraw();
  }

  draw(conversation, messages, freshFrom = null) {
    const other = this.conversation?.id !== conversation.id;
    const atEnd = other || this.stuck;
    const known = other ? null : this.messages.at(-1)?.ts ?? "0";
    Object.assign(this, { conversation, messages, freshFrom });
    if (other) this.last = null;
    const last = messages.at(-1);
    const mine = known && last && Number(last.ts) > Number(known) && isMe(last.user);
    if (atEnd || mine) {
      this.last = null;
      this.redraw();
      this.toEnd();
    } else {
      this.steady(() => this.redraw());
    }
    if (known) announce(messages.filter((one) => Number(one.ts) > Number(known) && !isMe(one.user)));
  }

  redraw() {
    const { conversation, body } = this;
    const items = [...this.head(), ...this.rows()];
    reconcile(body, items.map((item) => ({ ...item, key: `${conversation.id} ${item.key}` })));
    if (!body.querySelector(".message[tabindex='0']")) this.lastNode()?.setAttribute("tabindex", "0");
  }

  /** Which of the messages are held: from, up to. */
  held() {
    const at = this.last === null ? -1 : this.messages.findIndex((one) => one.ts === this.last);
    const end = at < 0 ? this.messages.length : at + 1;
    return [Math.max(0, end - HELD), end];
  }

  /** The times of the first and the last message that are held. */
  shownRange() {
    const [start, end] = this.held();
    return end ? [this.messages[start].ts, this.messages[end - 1].ts] : null;
  }

  /** Hold the messages up to number `end`. */
  hold(end) {
    this.last = end >= this.messages.length ? null : this.messages[Math.max(end, 1) - 1].ts;
    this.steady(() => this.redraw());
  }

  scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.node;
    const [, end] = this.held();
    if (scrollTop < MARGIN) this.earlier();
    else if (scrollHeight - scrollTop - clientHeight < MARGIN && end < this.messages.length) this.hold(end + STEP);
    this.stuck = this.last === null && this.atEnd();
  }

  earlier() {
    const [start, end] = this.held();
    if (start > 0) this.hold(end - Math.min(STEP, start));
    else if (this.conversation?.has_more) this.loadEarlier?.();
  }

  /** Draw, and keep what is being read where it is. */
  steady(draw) {
    const top = this.node.getBoundingClientRect().top;
    const read = [...this.body.querySelectorAll(".message")].find((one) => one.getBoundingClientRect().bottom > top);
    const was = read?.getBoundingClientRect().top;
    const key = read?.reconciledKey;
    draw();
    const now = read?.isConnected ? read : [...this.body.children].find((one) => one.reconciledKey === key);
    if (now && key) this.node.scrollTop += now.getBoundingClientRect().top - was;
  }

  lastNode() {
    return [...this.body.querySelectorAll(".message")].at(-1);
  }

  head() {
    const { conversation } = this;
    if (this.thread) return [];
    if (conversation.has_more || this.held()[0] > 0) {
      const more = () => h("button", { class: "button small earlier", type: "button", on: { click: () => this.earlier() } }, "Show earlier messages");
      return [{ key: "earlier", looks: "", make: more }];
    }
    return [{ key: "intro", looks: JSON.stringify([conversation.name, conversation.purpose]), make: () => this.intro(conversation) }];
  }

  rows() {
    const [start, end] = this.held();
    let previous = this.messages[start - 1] ?? null;
    return this.messages.slice(start, end).flatMap((message, i) => {
      const rows = [];
      const its = day(epoch(message.ts));
      const newDay = !previous || day(epoch(previous.ts)) !== its;
      if (newDay && !this.thread) rows.push({ key: `day ${its}`, looks: dayName(epoch(message.ts)), make: () => dayLine(dayName(epoch(message.ts))) });
      if (message.ts === this.freshFrom) rows.push({ key: "fresh", looks: "", make: freshLine });
      rows.push(this.row(message, !newDay && message.ts !== this.freshFrom && together(previous, message)));
      const parent = this.thread && start + i === 0;
      if (parent) rows.push(replyLine(this.messages.length - 1));
      previous = parent ? null : message;
      return rows;
    });
  }

  row(message, compact) {
    const { conversation, thread, openThread } = this;
    const editing = this.editing === message.ts;
    const pinner = conversation.pins.find((pin) => pin.ts === message.ts)?.by;
    const make = () => drawMessage(message, {
      channel: conversation.id, thread, openThread, compact,
      editing: editing ? editBox(typed(message.text), { onSave: (text) => this.save(message, text), onCancel: () => this.stopEditing() }) : null,
    });
    // What this person chose in it is already shown; and an edit that has begun is not disturbed.
    const { state, ...shown } = message;
    const looks = editing ? "editing" : JSON.stringify([shown, compact, pinner, message.inviter && conversation.name]);
    return { key: message.ts, looks, make };
  }

  atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.node;
    return scrollHeight - scrollTop - clientHeight < NEAR_END;
  }

  toEnd() {
    this.node.scrollTop = this.node.scrollHeight;
  }

  /** Bring one message into sight; false when it is not here. */
  jump(ts) {
    const at = this.messages.findIndex((one) => one.ts === ts);
    if (at < 0) return false;
    const [start, end] = this.held();
    if (at < start || at >= end) this.hold(at + HELD / 2);
    const found = [...this.body.querySelectorAll(".message")].find((node) => node.dataset.ts === ts);
    this.stuck = false;
    found.scrollIntoView({ block: "center" });
    found.classList.remove("flash");
    requestAnimationFrame(() => found.classList.add("flash"));
    found.focus({ preventScroll: true });
    return true;
  }
}

function together(previous, message) {
  const plain = (one) => !one.ephemeral && !one.subtype && !one.pinned;
  return Boolean(previous) && plain(previous) && plain(message) && previous.author.id === message.author.id
    && previous.author.name === message.author.name && epoch(message.ts) - epoch(previous.ts) < TOGETHER;
}

function dayLine(name) {
  return h("div", { class: "day", role: "separator", "aria-label": name }, h("span", {}, name));
}

function freshLine() {
  return h("div", { class: "fresh", role: "separator", "aria-label": "New messages" }, h("span", {}, "New"));
}

function replyLine(count) {
  const words = count ? `${count} ${count === 1 ? "reply" : "replies"}` : "";
  return { key: "replies", looks: words, make: () => h("div", { class: "reply-line" }, words) };
}

/** Tell screen readers of messages that came in. */
function announce(messages) {
  if (!messages.length) return;
  const said = messages.map((one) => `${one.author.name}: ${bare(one.text)}`).join(". ");
  fill(document.getElementById("announcer"), said);
}

/** A message that only this page knows, signed by Slackbot. */
export function note(channel, text, thread = null) {
  const list = store.notes.get(channel) ?? [];
  const last = Math.max(Number(store.conversation?.messages.at(-1)?.ts ?? 0), Number(list.at(-1)?.ts ?? 0));
  const ts = Math.max(now() / 1000, last + 0.00001);
  list.push({
    ts: ts.toFixed(6), text: text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;"), user: "USLACKBOT", ephemeral: true, is_ephemeral: true, local: true,
    author: { id: "USLACKBOT", name: "Slackbot", bot: false }, ...(thread ? { thread_ts: thread } : {}),
  });
  store.notes.set(channel, list);
}

export function forget(channel, ts) {
  store.notes.set(channel, (store.notes.get(channel) ?? []).filter((one) => one.ts !== ts));
  document.dispatchEvent(new CustomEvent("noted"));
}

/** Stored messages and the page's own notes, by time. */
export function withNotes(channel, messages, thread = null) {
  const notes = (store.notes.get(channel) ?? []).filter((one) => (one.thread_ts ?? null) === thread);
  return notes.length ? [...messages, ...notes].sort((a, b) => Number(a.ts) - Number(b.ts)) : messages;
}
