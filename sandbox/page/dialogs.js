// The page's own dialogs: channels to join, people to write to, and what there is to know about a channel or a person.

import * as api from "./api.js";
import { avatar } from "./avatar.js";
import { fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { bare, mrkdwn } from "./mrkdwn.js";
import { confirmed, openCard, openDialog, toast } from "./popup.js";
import { Select, matching } from "./select.js";
import { addressable, isMe, person, store } from "./store.js";
import { now, time } from "./times.js";

async function attempt(what, given) {
  const answer = await api.act(what, given);
  if (!answer.ok) toast(answer.error);
  return answer;
}

const go = (channel) => {
  location.hash = channel;
};

export function browseChannels() {
  const found = store.sidebar.browse.filter((one) => !one.archived);
  const joined = store.sidebar.channels.filter((one) => !one.archived);
  const entry = (channel, member) => {
    const open = async () => {
      if (!member && !(await attempt("join", { channel: channel.id })).ok) return;
      opened.close();
      go(channel.id);
    };
    const look = () => {
      opened.close();
      go(channel.id);
    };
    return h("li", { class: "browse-row" },
      h("button", { class: "browse-name", type: "button", on: { click: look } }, icon(channel.private ? "lock" : "hash"), channel.name, member ? h("span", { class: "joined" }, "Joined") : null),
      h("button", { class: `button small${member ? "" : " primary"}`, type: "button", "aria-label": `${member ? "Open" : "Join"} ${channel.name}`, on: { click: open } }, member ? "Open" : "Join"));
  };
  const opened = openDialog({
    title: "Browse channels",
    body: h("ul", { class: "browse" }, found.map((one) => entry(one, false)), joined.map((one) => entry(one, true))),
  });
}

export function newChannel() {
  const name = h("input", { class: "text-input", id: "new-channel", placeholder: "e.g. plan-budget", autocomplete: "off", maxlength: 80 });
  const hidden = h("input", { type: "checkbox" });
  const problem = h("div", { class: "error", role: "alert" });
  const create = async () => {
    const answer = await api.act("create", { name: name.value.trim().toLowerCase().replaceAll(" ", "-"), private: hidden.checked });
    if (!answer.ok) {
      fill(problem, `That did not work: ${answer.error}`);
      return;
    }
    opened.close();
    go(answer.channel);
  };
  name.addEventListener("keydown", (event) => event.key === "Enter" && create());
  const opened = openDialog({
    title: "Create a channel",
    body: h("div", { class: "stack" }, h("label", { class: "label", for: "new-channel" }, "Name"), name, problem,
      h("label", { class: "choice" }, hidden, h("span", { class: "choice-words" }, "Private", h("span", { class: "choice-note" }, "Only people who are invited can see it")))),
    footer: [h("button", { class: "button primary", type: "button", on: { click: create } }, "Create")],
  });
}

export function startMessage() {
  const rows = addressable().filter((one) => !isMe(one.id));
  const list = h("ul", { class: "browse" });
  const show = (typed) => fill(list, rows.filter((one) => `${one.name} ${one.handle}`.toLowerCase().includes(typed.toLowerCase())).map((one) =>
    h("li", {}, h("button", { class: "person-row", type: "button", on: { click: () => begin(one.id) } }, avatar(one, "small"), h("strong", {}, one.name), h("span", { class: "quiet" }, one.title ?? "app")))));
  const begin = async (id) => {
    const answer = await attempt("open_dm", { with: id });
    opened.close();
    if (answer.ok) go(answer.channel);
  };
  show("");
  const search = h("input", { class: "text-input", type: "search", placeholder: "To: a name", "aria-label": "Find a person", on: { input: () => show(search.value) } });
  const opened = openDialog({ title: "New message", body: h("div", { class: "stack" }, search, list) });
}

export function profile(anchor, id) {
  const who = person(id);
  if (!who) return;
  const write = async () => {
    const answer = await attempt("open_dm", { with: id });
    close();
    if (answer.ok) go(answer.channel);
  };
  const close = openCard(anchor, h("div", { class: "profile" },
    avatar(who, "huge"),
    h("div", { class: "profile-words" },
      h("strong", { class: "profile-name" }, who.name, who.bot ? h("span", { class: "badge" }, "APP") : null),
      who.title ? h("span", {}, who.title) : null,
      h("span", { class: "quiet" }, `@${who.handle}`),
      who.tz ? h("span", { class: "profile-time" }, icon("clock"), `${time(now(), who.tz)} local time`) : null,
      isMe(id) || id === "USLACKBOT" ? null : h("button", { class: "button small", type: "button", on: { click: write } }, icon("reply"), "Message"))),
  { label: who.name });
}

export function showPins(anchor) {
  const { pins, messages } = store.conversation;
  const rows = [...pins].reverse().map(({ ts, by }) => {
    const message = [...messages, ...(store.replies?.messages ?? [])].find((one) => one.ts === ts);
    const jump = () => {
      close();
      const thread = message?.thread_ts && message.thread_ts !== ts ? `/${message.thread_ts}` : "";
      location.hash = `${store.channel}/${ts}${thread}`;
    };
    return h("button", { class: "pin-row", type: "button", on: { click: jump } },
      h("span", { class: "quiet" }, `Pinned by ${isMe(by) ? "you" : person(by)?.name ?? by}`),
      h("strong", {}, message?.author.name ?? ""), h("span", { class: "pin-text" }, bare(message?.text ?? "An older message")));
  });
  const close = openCard(anchor, h("div", { class: "pins" }, h("h2", {}, "Pinned"), rows.length ? rows : h("p", { class: "quiet" }, "Nothing is pinned here yet.")), { label: "Pinned messages" });
}

export function channelDetails() {
  const { id, name, kind, topic, purpose, member, archived } = store.conversation;
  if (kind === "im") return;
  const close = () => opened.close();
  const change = (label, value, save) => field(label, value, save, member && !archived);
  const leave = async () => {
    close();
    await attempt("leave", { channel: id });
  };
  const archive = async () => {
    close();
    const yes = await confirmed({ title: `Archive #${name}?`, text: "Nobody will be able to write here. Its messages stay readable, and it can be un-archived.", yes: "Archive Channel", no: "Cancel", danger: true });
    if (yes) attempt("archive", { channel: id });
  };
  const remove = async () => {
    close();
    const yes = await confirmed({ title: `Delete #${name}?`, text: "The channel and its messages are gone for good.", yes: "Delete Channel", no: "Cancel", danger: true });
    if (yes) attempt("delete_channel", { channel: id });
  };
  const opened = openDialog({
    title: `${kind === "private" ? "🔒" : "#"} ${name}`,
    kind: "details",
    body: h("div", { class: "stack" },
      change("Channel name", name, (value) => attempt("rename", { channel: id, name: value })),
      change("Topic", topic, (value) => attempt("topic", { channel: id, topic: value })),
      h("div", {}, h("h3", { class: "label" }, "Description"), h("div", {}, purpose ? mrkdwn(purpose) : h("span", { class: "quiet" }, "None"))),
      members(close)),
    footer: [
      ...(member && !archived ? [
        h("button", { class: "button", type: "button", on: { click: leave } }, "Leave channel"),
        h("button", { class: "button danger", type: "button", on: { click: archive } }, "Archive channel for everyone")] : []),
      ...(store.viewer.admin ? [h("button", { class: "button danger", type: "button", on: { click: remove } }, "Delete channel")] : [])],
  });
}

function field(label, value, save, may) {
  const decoded = h("div", {}, mrkdwn(value)).textContent;
  const input = h("input", { class: "text-input", "aria-label": label, value: decoded, disabled: !may, maxlength: 250 });
  const keep = () => input.value !== decoded && save(input.value);
  return h("div", {}, h("h3", { class: "label" }, label), h("div", { class: "field-row" }, input,
    may ? h("button", { class: "button small", type: "button", "aria-label": `Save ${label.toLowerCase()}`, on: { click: keep } }, "Save") : null));
}

function members(close) {
  const { id, members: ids, member, archived } = store.conversation;
  const rows = ids.map((one) => person(one) ?? { id: one, name: one }).map((one) =>
    h("li", { class: "person-row" }, avatar(one, "small"), h("strong", {}, one.name), one.bot ? h("span", { class: "badge" }, "APP") : null, h("span", { class: "quiet" }, one.title ?? "")));
  return h("div", {}, h("h3", { class: "label" }, `Members (${ids.length})`), member && !archived ? invite(id, ids, close) : null, h("ul", { class: "browse" }, rows));
}

function invite(channel, ids, close) {
  let chosen = [];
  const choices = addressable().filter((one) => !ids.includes(one.id)).map((one) => ({ value: one.id, label: one.name, note: one.title, search: one.handle, before: () => avatar(one, "tiny") }));
  const select = new Select({ label: "Add people", placeholder: "Add people or the app by name", many: true, load: (typed) => matching(choices, typed), onChange: (items) => {
    chosen = items.map((item) => item.value);
  } });
  const add = async () => {
    if (!chosen.length) return;
    close();
    await attempt("invite", { channel, who: chosen });
  };
  return h("div", { class: "field-row" }, select.node, h("button", { class: "button small primary", type: "button", on: { click: add } }, "Add"));
}
