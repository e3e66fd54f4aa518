// One message, as it stands in a conversation or in a thread.

import * as api from "./api.js";
import { avatar } from "./avatar.js";
import { drawBlock } from "./blocks.js";
import { countDown } from "./deadlines.js";
import { h } from "./dom.js";
import { Form } from "./forms.js";
import { icon } from "./icons.js";
import { interaction } from "./interaction.js";
import { drawEmoji, mrkdwn, plain } from "./mrkdwn.js";
import { toast } from "./popup.js";
import { addReaction } from "./reactions.js";
import { channelName, fromApp, isMe, person, store } from "./store.js";
import { epoch, full, relative, time } from "./times.js";

/** `place`: {channel, thread: whether this is the side panel, compact, openThread(ts), edit} */
export function drawMessage(message, place) {
  const { author } = message;
  const own = person(author.id);
  const who = { ...author, bot: fromApp(author), id: own?.id ?? (author.id || "USLACKBOT") };
  const classes = ["message", place.compact && "compact", message.ephemeral && "ephemeral", message.pinned && "pinned",
    place.mentioned && "mentioned"];
  const moment = epoch(message.ts);
  const gutter = place.compact
    ? h("time", { class: "gutter-time", datetime: new Date(moment).toISOString(), title: full(moment) }, time(moment).replace(/ [AP]M/, ""))
    : avatar(who);
  const node = h("article", {
    class: classes.filter(Boolean).join(" "), tabIndex: -1, "data-ts": message.ts, "aria-label": `${author.name}, ${time(moment)}`,
  },
  notices(message),
  h("div", { class: "message-row" },
    h("div", { class: "gutter" }, gutter),
    h("div", { class: "message-main" },
      place.compact ? null : byline(message, who, moment),
      place.editing ?? body(message, place),
      place.editing ? null : below(message, place))));
  countDown(node);
  return node;
}

function notices(message) {
  const by = store.conversation?.pins.find((pin) => pin.ts === message.ts)?.by;
  const pinner = by && (isMe(by) ? "you" : person(by)?.name ?? by);
  return [
    message.ephemeral ? h("div", { class: "notice" }, icon("eye"), "Only visible to you") : null,
    message.pinned ? h("div", { class: "notice pin-notice" }, icon("pin"), `Pinned by ${pinner ?? "somebody"}`) : null,
    message.subtype === "thread_broadcast" ? h("div", { class: "notice" }, icon("reply"), "Replied to a thread") : null,
  ];
}

function byline(message, who, moment) {
  const name = person(who.id)
    ? h("button", { class: "author", type: "button", "data-person": who.id }, who.name)
    : h("span", { class: "author" }, who.name);
  return h("div", { class: "byline" }, name,
    who.bot ? h("span", { class: "badge" }, "APP") : null,
    h("time", { class: "stamp", datetime: new Date(moment).toISOString(), title: full(moment) }, time(moment)));
}

const SAID = {
  channel_join: () => [`joined ${roomName()}.`],
  group_join: () => [`joined ${roomName()}.`],
  channel_leave: () => [`left ${roomName()}.`],
  group_leave: () => [`left ${roomName()}.`],
  channel_topic: ({ topic }) => (topic ? ["set the channel topic: ", mrkdwn(topic)] : ["cleared the channel topic."]),
  channel_purpose: ({ purpose }) => ["set the channel description: ", mrkdwn(purpose ?? "")],
  channel_name: ({ old_name: old, name }) => [`renamed the channel from “${old}” to “${name}”`],
  channel_archive: () => ["archived the channel."],
  channel_unarchive: () => ["un-archived the channel."],
};

const roomName = () => `#${channelName(store.channel) ?? "this channel"}`;

function body(message, place) {
  const said = SAID[message.subtype]?.(message);
  if (said) {
    const invited = message.inviter && !isMe(message.inviter) && person(message.inviter);
    return h("div", { class: "text said" }, said, invited ? ` (invited by ${invited.name})` : null);
  }
  if (message.subtype === "tombstone") return h("div", { class: "text said" }, "This message was deleted.");
  const edited = message.edited ? h("span", { class: "edited", title: full(epoch(message.edited.ts)) }, " (edited)") : null;
  const kit = message.blocks?.length && !message.client_msg_id;
  const pieces = h("div", { class: `content${kit ? " kit" : ""}` });
  // What people typed stands in text and blocks alike; as text it is drawn as they typed it.
  if (kit) pieces.append(...blocksOf(message, place), ...(edited ? [edited] : []));
  else if (message.text) pieces.append(h("div", { class: "text" }, message.mrkdwn === false ? plain(message.text) : mrkdwn(message.text), edited));
  pieces.append(...(message.attachments ?? []).map((one) => attachment(one, message, place)));
  return pieces;
}

function blocksOf(message, place) {
  const form = new Form(message.blocks, message.state?.values);
  const ctx = interaction({ channel: place.channel, ts: message.ts }, form);
  return message.blocks.map((block) => drawBlock(block, ctx));
}

function attachment(one, message, place) {
  const bar = h("div", { class: "attachment-bar" });
  if (/^#?[0-9a-f]{3,6}$/i.test(one.color ?? "")) bar.style.background = `#${one.color.replace("#", "")}`;
  const words = one.blocks
    ? blocksOf({ ...message, blocks: one.blocks }, place)
    : [one.pretext, one.title && `*${one.title}*`, one.text ?? one.fallback].filter(Boolean).map((text) => h("div", { class: "text" }, mrkdwn(text)));
  return h("div", { class: "attachment" }, bar, h("div", { class: "content" }, words));
}

function below(message, place) {
  return [reactions(message, place), place.thread ? null : replies(message, place)];
}

function reactions(message, place) {
  if (!message.reactions?.length) return null;
  const pills = message.reactions.map((given) => {
    const mine = given.users.some(isMe);
    const names = given.users.map((id) => (isMe(id) ? "you" : person(id)?.name ?? id)).join(", ");
    const toggle = async () => {
      const answer = await api.act(mine ? "unreact" : "react", { channel: place.channel, ts: message.ts, name: given.name });
      if (!answer.ok) toast(`That reaction could not be changed: ${answer.error}`);
    };
    return h("button", {
      class: `reaction${mine ? " mine" : ""}`, type: "button", title: `${names} reacted with :${given.name}:`,
      "aria-label": `${given.count} reacted with ${given.name}${mine ? ", you too" : ""}`, "aria-pressed": String(mine), on: { click: toggle },
    }, drawEmoji(given.name) ?? `:${given.name}:`, h("span", { class: "count" }, given.count));
  });
  const more = h("button", { class: "reaction add", type: "button", "aria-label": "Add another reaction", on: { click: (event) => addReaction(event.currentTarget, place.channel, message) } }, icon("react"));
  return h("div", { class: "reactions" }, pills, more);
}

function replies(message, place) {
  if (!message.reply_count) return null;
  const faces = (message.reply_users ?? []).slice(0, 4).map((id) => avatar(person(id) ?? { id, name: "?" }, "small"));
  return h("button", { class: "replies", type: "button", on: { click: () => place.openThread(message.ts) } }, faces,
    h("span", { class: "reply-count" }, `${message.reply_count} ${message.reply_count === 1 ? "reply" : "replies"}`),
    h("span", { class: "reply-last" }, `Last reply ${relative(epoch(message.latest_reply))}`));
}
