// The panel at the right: a message and its replies.

import { Composer } from "./composer.js";
import { sendReply } from "./conversation.js";
import { fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { MessageList, withNotes } from "./list.js";
import { store } from "./store.js";

export class ThreadPanel {
  constructor(root, { close }) {
    this.root = root;
    this.close = close;
    this.list = new MessageList({ label: "Thread", thread: true, openThread: () => {} });
    root.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && !root.querySelector(".edit-box") && close());
  }

  draw() {
    const { thread, replies } = store;
    this.root.hidden = !thread || !replies;
    if (this.root.hidden) {
      this.drawn = null;
      return;
    }
    const key = `${replies.id} ${thread} ${replies.member} ${replies.archived}`;
    if (this.drawn !== key) this.frame(key);
    this.list.draw({ ...replies, id: replies.id, has_more: false }, withNotes(replies.id, replies.messages, thread));
  }

  frame(key) {
    const { thread, replies } = store;
    this.drawn = key;
    this.list.conversation = null;
    const where = replies.kind === "im" ? replies.name : `#${replies.name}`;
    const also = h("input", { type: "checkbox" });
    const composer = new Composer({
      label: "Reply…",
      onSend: (text) => sendReply(replies.id, thread, text, also.checked),
      footer: replies.kind === "im" ? null : h("label", { class: "choice also" }, also, h("span", { class: "choice-words" }, `Also send to ${where}`)),
    });
    fill(this.root,
      h("header", { class: "head" }, h("h2", { class: "title" }, "Thread"), h("div", { class: "topic" }, where),
        h("button", { class: "icon-button", type: "button", "aria-label": "Close the thread", on: { click: this.close } }, icon("close"))),
      this.list.node,
      replies.member && !replies.archived ? h("div", { class: "foot" }, composer.node) : null);
    if (replies.member && !replies.archived) composer.area.focus();
  }
}
