// What one can do with a message: a bar that comes when the message is pointed at or has the focus.

import * as api from "./api.js";
import { h } from "./dom.js";
import { FIRST, emoji } from "./emoji.js";
import { icon } from "./icons.js";
import { confirmed, openMenu, toast } from "./popup.js";
import { addReaction, react } from "./reactions.js";
import { drawMessage } from "./message.js";
import { isMe, store } from "./store.js";

let bar = null;
let held = false;

/** Watch a list of messages. `place`: {channel(), find(ts), openThread(ts), edit(ts), thread} */
export function watchMessages(list, place) {
  const show = (event) => {
    const node = event.target.closest?.(".message");
    if (node && list.contains(node) && !held) attach(node, place);
  };
  list.addEventListener("mouseover", show);
  list.addEventListener("focusin", show);
  list.addEventListener("mouseleave", () => !held && !bar?.contains(document.activeElement) && detach());
  list.addEventListener("keydown", (event) => walk(event, list));
}

function detach() {
  bar?.remove();
  bar = null;
}

function attach(node, place) {
  if (bar?.parentElement === node) return;
  const message = place.find(node.dataset.ts);
  detach();
  if (!message || message.subtype === "tombstone" || node.querySelector(".edit-box")) return;
  bar = h("div", { class: "toolbar", role: "toolbar", "aria-label": "Message actions" }, buttons(message, place));
  node.append(bar);
}

function buttons(message, place) {
  const channel = place.channel();
  const more = tool("more", "More actions", (event) => moreMenu(event.currentTarget, message, place));
  if (message.ephemeral) return [more];
  const quick = FIRST.map((name) =>
    h("button", { class: "tool", type: "button", title: `React with :${name}:`, "aria-label": `React with ${name}`, on: { click: () => react(channel, message, name) } }, emoji(name)));
  return [
    ...quick,
    tool("react", "Add reaction…", (event) => addReaction(hold(event), channel, message, release)),
    place.thread ? null : tool("reply", "Reply in thread", () => place.openThread(message.thread_ts ?? message.ts)),
    more,
  ];
}

function tool(name, label, run) {
  return h("button", { class: "tool", type: "button", title: label, "aria-label": label, on: { click: run } }, icon(name));
}

/** While something is open beside the bar, the bar stays. */
function hold(event) {
  held = true;
  return event.currentTarget ?? event;
}

function release() {
  held = false;
  if (bar && !bar.parentElement.matches(":hover, :focus-within")) detach();
}

function moreMenu(anchor, message, place) {
  const channel = place.channel();
  held = true;
  openMenu(anchor, [...ordinary(message, place, channel), ...shortcuts(message, channel), ...own(message, place, channel)],
    { label: "More message actions", onClose: release });
}

function ordinary(message, place, channel) {
  if (message.ephemeral) {
    return [{ label: "Dismiss message", icon: "close", run: () => place.dismiss(message) }];
  }
  const where = store.conversation?.kind === "im" ? "this conversation" : "channel";
  return [
    place.thread ? null : { label: "Reply in thread", icon: "reply", run: () => place.openThread(message.thread_ts ?? message.ts) },
    message.pinned
      ? { label: `Un-pin from ${where}`, icon: "pin", run: () => attempt("unpin", { channel, ts: message.ts }) }
      : { label: `Pin to ${where}`, icon: "pin", run: () => attempt("pin", { channel, ts: message.ts }) },
    { label: "Copy link", icon: "link", run: () => copy(permalink(channel, message)) },
  ].filter(Boolean);
}

function shortcuts(message, channel) {
  const found = store.world.shortcuts.filter((one) => one.type === "message");
  if (!found.length || message.ephemeral) return [];
  return ["-", ...found.map((one) => ({
    label: one.name, note: store.world.bot.name, icon: "bolt",
    run: () => attempt("message_shortcut", { callback_id: one.callback_id, channel, ts: message.ts }),
  }))];
}

function own(message, place, channel) {
  if (!isMe(message.user) || message.ephemeral || (message.subtype && message.subtype !== "thread_broadcast")) return [];
  return [
    "-",
    { label: "Edit message", icon: "pencil", run: () => place.edit(message.ts) },
    { label: "Delete message…", icon: "trash", danger: true, run: () => remove(message, channel) },
  ];
}

async function remove(message, channel) {
  const yes = await confirmed({
    title: "Delete message",
    text: [h("p", {}, "Are you sure you want to delete this message? This cannot be undone."), h("div", { class: "quoted-message" }, drawMessage(message, { channel, thread: true }))],
    yes: "Delete", no: "Cancel", danger: true,
  });
  if (yes) attempt("delete", { channel, ts: message.ts });
}

async function attempt(what, given) {
  const answer = await api.act(what, given);
  if (!answer.ok) toast(answer.error);
}

function permalink(channel, message) {
  const link = `https://${store.world.team.domain}.slack.com/archives/${channel}/p${message.ts.replace(".", "")}`;
  const reply = message.thread_ts && message.thread_ts !== message.ts;
  return reply ? `${link}?thread_ts=${message.thread_ts}&cid=${channel}` : link;
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    toast(text);
  }
}

/** Up and down go from message to message. */
function walk(event, list) {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!step || !event.target.matches(".message")) return;
  const all = [...list.querySelectorAll(".message")];
  const next = all[all.indexOf(event.target) + step];
  if (!next) return;
  event.preventDefault();
  for (const node of all) node.tabIndex = node === next ? 0 : -1;
  next.focus();
}
