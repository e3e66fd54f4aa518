// The left side: who looks, and where one can go.

import * as api from "./api.js";
import { avatar } from "./avatar.js";
import { browseChannels, newChannel, startMessage } from "./dialogs.js";
import { fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { openMenu } from "./popup.js";
import { store } from "./store.js";
import { now, time } from "./times.js";

export function drawSidebar(root) {
  const { channels, dms } = store.sidebar;
  const people = dms.filter((one) => !one.with.bot).sort((a, b) => a.with.name.localeCompare(b.with.name));
  const live = channels.filter((one) => !one.archived || one.id === store.channel);
  fill(root,
    h("div", { class: "workspace" }, h("span", { class: "workspace-icon", "aria-hidden": "true" }, store.world.team.name[0]), h("strong", {}, store.world.team.name)),
    whoami(),
    h("nav", { class: "places", "aria-label": "Channels and direct messages" },
      group("Channels", live.map(channelRow), [
        plusRow("Browse channels", browseChannels), plusRow("Create a channel", newChannel)]),
      group("Direct messages", people.map((one) => directRow(one, one.with)), [plusRow("Start a message", startMessage)]),
      group("Apps", [appRow(dms)], [])));
}

function whoami() {
  const me = store.viewer;
  return h("button", { class: "whoami", type: "button", "aria-haspopup": "menu", on: { click: (event) => switchPerson(event.currentTarget) } },
    avatar(me, "medium"),
    h("span", { class: "whoami-words" },
      h("span", { class: "whoami-hint" }, "You are"),
      h("strong", {}, me.name),
      h("span", { class: "whoami-title" }, me.title),
      h("span", { class: "whoami-time" }, localTime(me))),
    icon("down"));
}

export function localTime(who) {
  return `${time(now(), who.tz)} in ${who.tz.split("/").at(-1).replaceAll("_", " ")}`;
}

export function switchPerson(anchor) {
  const items = store.world.people.map((one) => ({
    label: one.name,
    note: `${one.title}${one.guest ? " · guest" : ""} · ${one.deleted ? "deactivated" : localTime(one)}`,
    before: avatar(one, "small"),
    checked: one.id === store.viewer.id,
    off: one.deleted,
    run: () => {
      const url = new URL(location.href);
      url.searchParams.set("user", one.handle);
      location.assign(url);
    },
  }));
  openMenu(anchor, [{ heading: "Be somebody else" }, ...items], { label: "Be somebody else" });
}

function group(name, rows, extra) {
  return h("section", { class: "place-group", "aria-label": name }, h("h2", {}, name), h("ul", {}, [...rows, ...extra].map((row) => h("li", {}, row))));
}

function row({ id, label, before, unread, mentions, off }) {
  const here = id === store.channel;
  const fresh = unread > 0 && !here;
  return h("a", {
    class: `place${here ? " here" : ""}${fresh ? " unread" : ""}${off ? " off" : ""}`, href: `#${id}`, "aria-current": here ? "page" : null, "data-place": id,
  }, before, h("span", { class: "place-name" }, label),
  mentions && !here ? h("span", { class: "mentions", "aria-label": `${mentions} mentions` }, mentions) : null,
  fresh && !mentions ? h("span", { class: "sr-only" }, ", unread") : null);
}

function channelRow(channel) {
  return row({ ...channel, label: channel.name, before: icon(channel.private ? "lock" : "hash", channel.private ? "private" : ""), off: channel.archived });
}

function directRow(direct, who) {
  return row({ ...direct, label: who.name, before: avatar(who, "tiny") });
}

function appRow(dms) {
  const { bot } = store.world;
  const direct = dms.find((one) => one.with.id === bot.user_id);
  if (direct) return directRow(direct, { ...bot, bot: true });
  const start = async () => {
    const answer = await api.act("open_dm", { with: bot.user_id });
    if (answer.ok) location.hash = answer.channel;
  };
  return h("button", { class: "place", type: "button", on: { click: start } }, avatar({ ...bot, bot: true }, "tiny"), h("span", { class: "place-name" }, bot.name));
}

function plusRow(label, run) {
  return h("button", { class: "place add", type: "button", on: { click: run } }, h("span", { class: "plus-box" }, icon("plus")), label);
}
