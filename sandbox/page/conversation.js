// The middle of the page: a conversation's head, its messages, and the box to write in.

import * as api from "./api.js";
import { avatar } from "./avatar.js";
import { showCanvas } from "./canvas.js";
import { Composer } from "./composer.js";
import { runBuiltIn } from "./builtin.js";
import { BUILT_IN } from "./completion.js";
import { channelDetails, showPins } from "./dialogs.js";
import { fill, h } from "./dom.js";
import { History } from "./history.js";
import { Home } from "./home.js";
import { icon } from "./icons.js";
import { MessageList, note, withNotes } from "./list.js";
import { drawEmoji, link, mrkdwn } from "./mrkdwn.js";
import { toast } from "./popup.js";
import { person, store } from "./store.js";
import { localTime } from "./times.js";

const drafts = new Map();

export class ConversationPane {
  constructor(root, { openThread, openDrawer }) {
    Object.assign(this, { openDrawer, history: new History(), home: new Home(), freshFrom: null });
    this.head = h("header", { class: "head" });
    this.tabs = h("div", { class: "tabs" });
    this.foot = h("div", { class: "foot" });
    this.list = new MessageList({ label: "Messages", openThread, intro, loadEarlier: () => this.loadEarlier() });
    document.addEventListener("canvas", ({ detail }) => {
      const found = store.conversation?.canvases.find(({ id }) => id === detail);
      if (found) showCanvas(found);
      else toast("That canvas is a tab of its own channel, or it is gone.");
    });
    fill(root, this.head, this.tabs, this.home.node, this.list.node, this.foot);
  }

  /** Another conversation comes: remember which of its messages are new. */
  enter(unread) {
    Object.assign(this, { unread, freshFrom: null });
    this.history.forget();
    this.open("messages");
  }

  /** Show the app's Home tab, or the messages. */
  open(tab) {
    const home = tab === "home";
    this.tab = tab;
    this.list.node.hidden = this.foot.hidden = home;
    this.home.show(home);
    if (store.conversation) this.drawHead(store.conversation);
  }

  async visit(tab) {
    this.open(tab);
    const answer = await api.act("home", { tab });
    if (!answer.ok) toast(answer.error);
  }

  /** The conversation was fetched anew. */
  take(conversation) {
    const shown = this.list.shownRange();
    this.history.take(conversation);
    this.draw();
    if (shown) this.refresh(...shown);
  }

  async refresh(first, last) {
    if (await this.history.refresh(first, last)) this.draw();
  }

  draw() {
    const { conversation } = store;
    if (this.unread) {
      const others = conversation.messages.filter((one) => one.user !== store.viewer.id && !one.ephemeral);
      this.freshFrom = others.at(-Math.min(this.unread, others.length))?.ts ?? null;
      this.unread = 0;
    }
    this.drawHead(conversation);
    const messages = withNotes(conversation.id, this.history.messages);
    this.list.draw({ ...conversation, has_more: this.history.hasMore }, messages, this.freshFrom);
    this.drawFoot(conversation);
  }

  /** Put a text into the message box, for the person to send. */
  write(text) {
    const { composer } = this;
    if (!composer) {
      toast("Nothing can be written here. Open a channel first.");
      return;
    }
    composer.put(text);
    composer.area.focus();
  }

  async loadEarlier() {
    await this.history.older();
    if (store.conversation?.id !== this.history.id) return;
    this.draw();
    this.list.scrolled();
  }

  /** Bring a message into sight, however far back it is; false when it is not here. */
  async jump(ts) {
    const { history } = this;
    while (history.hasMore && Number(history.messages[0]?.ts) > Number(ts)) await this.loadEarlier();
    return this.list.jump(ts);
  }

  drawHead(conversation) {
    const looks = JSON.stringify([conversation.id, conversation.name, conversation.topic, conversation.members, conversation.pins, conversation.bookmarks, conversation.canvases, this.tab]);
    if (looks === this.headLooks) return;
    this.headLooks = looks;
    const drawer = h("button", { class: "icon-button drawer-button", type: "button", "aria-label": "Open the sidebar", on: { click: this.openDrawer } }, icon("menu"));
    fill(this.head, drawer, conversation.kind === "im" ? directTitle(conversation) : channelTitle(conversation));
    fill(this.tabs, this.appTabs(conversation) ?? h("span", { class: "tab here" }, icon("reply"), "Messages"), conversation.canvases.map(canvasTab), pinsTab(conversation), conversation.bookmarks.map(bookmark));
  }

  appTabs({ kind, with: other }) {
    if (kind !== "im" || other !== store.world.bot.user_id || !store.world.home_tab) return null;
    return [["home", "Home"], ["messages", "Messages"]].map(([tab, name]) => h("button", {
      class: `tab${this.tab === tab ? " here" : ""}`, type: "button", "aria-current": this.tab === tab ? "true" : null, on: { click: () => this.visit(tab) },
    }, name));
  }

  drawFoot(conversation) {
    const state = conversation.archived ? "archived" : !conversation.member ? "outside" : readOnly(conversation) ? "read-only" : "writing";
    const looks = `${conversation.id} ${state} ${conversation.name}`;
    if (looks === this.footLooks) return;
    this.footLooks = looks;
    this.composer = null;
    fill(this.foot, { archived: archivedBar, outside: joinBar, "read-only": readOnlyBar, writing: (one) => this.writing(one) }[state](conversation));
  }

  writing(conversation) {
    const { id, kind, name } = conversation;
    this.composer = new Composer({
      label: `Message ${kind === "im" ? name : `#${name}`}`,
      slash: true,
      onSend: (text) => send(id, text),
      onShortcut: (callback) => shortcut(callback),
      onDraft: (text) => drafts.set(id, text),
    });
    const draft = drafts.get(id);
    if (draft) queueMicrotask(() => this.composer?.put(draft));
    return this.composer.node;
  }
}

function channelTitle(conversation) {
  const { name, kind, topic, members } = conversation;
  const faces = members.slice(0, 3).map((id) => avatar(person(id) ?? { id, name: "?" }, "tiny"));
  return [
    h("h1", { class: "title" }, h("button", { class: "title-button", type: "button", "aria-label": `Details of ${name}`, on: { click: channelDetails } },
      icon(kind === "private" ? "lock" : "hash"), h("span", { class: "title-name" }, name), icon("down"))),
    h("div", { class: "topic" }, mrkdwn(topic)),
    h("button", { class: "members-button", type: "button", "aria-label": `${members.length} members`, on: { click: channelDetails } }, h("span", { class: "faces" }, faces), members.length),
  ];
}

function directTitle({ name, with: other }) {
  const who = person(other) ?? { id: other, name };
  return [
    h("h1", { class: "title" }, h("button", { class: "title-button", type: "button", "data-person": other }, avatar(who, "tiny"), h("span", { class: "title-name" }, name), who.bot ? h("span", { class: "badge" }, "APP") : null)),
    h("div", { class: "topic" }, who.title, who.title && who.tz ? " · " : null, who.tz ? h("span", { "data-zone": who.tz }, localTime(who)) : null),
  ];
}

function canvasTab(canvas) {
  return h("button", { class: "tab", type: "button", on: { click: () => showCanvas(canvas) } }, icon("canvas"), canvas.title);
}

function pinsTab({ pins }) {
  if (!pins.length) return null;
  return h("button", { class: "tab", type: "button", on: { click: (event) => showPins(event.currentTarget) } }, icon("pin"), `${pins.length} Pinned`);
}

function bookmark({ title, link: address, emoji }) {
  const sign = (emoji && drawEmoji(emoji.replaceAll(":", ""))) ?? icon("bookmark");
  const node = link(address ?? "", h("span", {}, title));
  node.classList.add("tab", "bookmark");
  node.prepend(sign);
  return node;
}

function intro({ name, kind, purpose, with: other }) {
  if (kind === "im") {
    const who = person(other) ?? { id: other, name };
    return h("div", { class: "intro" }, avatar(who, "huge"), h("h2", {}, name),
      h("p", {}, who.bot ? `This is the very beginning of your direct message history with ${name}.` : `This conversation is just between ${name} and you.`));
  }
  return h("div", { class: "intro" }, h("h2", {}, icon(kind === "private" ? "lock" : "hash"), name),
    h("p", {}, `This is the very beginning of the ${kind === "private" ? "private " : ""}channel. `, mrkdwn(purpose)));
}

const readOnly = ({ kind, with: other }) => kind === "im" && other === store.world.bot.user_id && store.world.messages_read_only;

function readOnlyBar() {
  return h("div", { class: "bar quiet" }, "Sending messages to this app has been turned off.");
}

async function attempt(what, channel) {
  const answer = await api.act(what, { channel });
  if (!answer.ok) toast(answer.error);
}

function joinBar({ id, name, purpose }) {
  return h("div", { class: "bar" }, h("strong", {}, `# ${name}`), purpose ? h("span", { class: "quiet" }, mrkdwn(purpose)) : null,
    h("button", { class: "button primary", type: "button", on: { click: () => attempt("join", id) } }, "Join Channel"));
}

function archivedBar({ id, name }) {
  return h("div", { class: "bar" }, h("span", {}, "You are viewing ", h("strong", {}, `#${name}`), ", an archived channel"),
    h("button", { class: "button", type: "button", on: { click: () => attempt("unarchive", id) } }, "Un-archive"));
}

async function shortcut(callbackId) {
  const answer = await api.act("shortcut", { callback_id: callbackId });
  if (!answer.ok) toast(answer.error);
}

/** Send what was written in the main box; answers whether it went. */
async function send(channel, text) {
  const command = /^\/\w\S*/.exec(text)?.[0];
  const answer = command ? await run(channel, command, text.slice(command.length).trim()) : await api.act("send", { channel, text });
  if (!answer.ok) {
    note(channel, answer.error);
    document.dispatchEvent(new CustomEvent("noted"));
  }
  return answer.ok;
}

function run(channel, command, text) {
  const own = store.world.commands.some((one) => one.command === command);
  if (!own && BUILT_IN.some((one) => one.command === command)) return runBuiltIn(channel, command, text);
  document.dispatchEvent(new CustomEvent("ran", { detail: text }));
  return api.act("slash", { channel, command, text });
}

/** Send what was written in a thread. Commands do not exist there. */
export async function sendReply(channel, thread, text, broadcast) {
  const command = /^\/\w\S*/.exec(text)?.[0];
  const answer = command
    ? { ok: false, error: `${command} is not supported in threads. Sorry!` }
    : await api.act("send", { channel, text, thread_ts: thread, broadcast });
  if (!answer.ok) {
    note(channel, answer.error, thread);
    document.dispatchEvent(new CustomEvent("noted"));
  }
  return answer.ok;
}
