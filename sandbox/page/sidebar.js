// The left side: who looks, and where one can go.

import * as api from "./api.js";
import { avatar } from "./avatar.js";
import { browseChannels, newChannel, startMessage } from "./dialogs.js";
import { fill, h, reconcile } from "./dom.js";
import { icon } from "./icons.js";
import { switchPerson } from "./people.js";
import { store } from "./store.js";
import { localTime } from "./times.js";

export class Sidebar {
  constructor(root) {
    this.localTime = h("span", { class: "whoami-time" });
    this.channels = h("ul");
    this.directs = h("ul");
    this.apps = h("ul");
    this.places = h("nav", { class: "places", "aria-label": "Channels and direct messages" },
      group("Channels", this.channels), group("Direct messages", this.directs), group("Apps", this.apps),
      store.world.can_simulate ? h("a", { class: "place", href: "/simulate" }, icon("compass"), h("span", { class: "place-name" }, "Rehearse an incident")) : null,
      store.world.app_pages ? h("a", { class: "place", href: store.world.app_pages, target: "_blank", rel: "noreferrer" }, icon("list"), h("span", { class: "place-name" }, `${store.world.bot.name} in the browser`)) : null);
    const { name } = store.world.team;
    fill(root,
      h("div", { class: "workspace" }, h("span", { class: "workspace-icon", "aria-hidden": "true" }, name[0]), h("strong", {}, name)),
      this.whoami(), this.places);
  }

  whoami() {
    const me = store.viewer;
    return h("button", { class: "whoami", type: "button", "aria-haspopup": "menu", title: "Be somebody else (Alt+P)", on: { click: (event) => switchPerson(event.currentTarget) } },
      avatar(me, "medium"),
      h("span", { class: "whoami-words" },
        h("span", { class: "whoami-hint" }, "You are"),
        h("strong", {}, me.name),
        h("span", { class: "whoami-title" }, me.title),
        this.localTime),
      icon("down"));
  }

  draw() {
    const { channels, dms } = store.sidebar;
    const { bot } = store.world;
    const people = dms.filter((one) => !one.with.bot).sort((a, b) => a.with.name.localeCompare(b.with.name));
    const live = channels.filter((one) => !one.archived || one.id === store.channel);
    const direct = dms.find((one) => one.with.id === bot.user_id);
    const focused = document.activeElement?.closest?.("[data-place]")?.dataset.place;
    this.localTime.textContent = localTime(store.viewer);
    reconcile(this.channels, [...live.map((one) => item(one, channelRow)), plus("Browse channels", browseChannels), plus("Create a channel", newChannel)]);
    reconcile(this.directs, [...people.map((one) => item(one, (it) => directRow(it, it.with))), plus("Start a message", startMessage)]);
    reconcile(this.apps, [direct ? item(direct, (it) => directRow(it, { ...bot, bot: true })) : { key: "app", looks: "", make: () => h("li", {}, appRow(bot)) }]);
    if (focused) this.places.querySelector(`[data-place="${CSS.escape(focused)}"]`)?.focus();
  }
}

function group(name, list) {
  return h("section", { class: "place-group", "aria-label": name }, h("h2", {}, name), list);
}

function item(one, draw) {
  return { key: one.id, looks: JSON.stringify([one, one.id === store.channel]), make: () => h("li", {}, draw(one)) };
}

function plus(label, run) {
  const button = () => h("button", { class: "place add", type: "button", on: { click: run } }, h("span", { class: "plus-box" }, icon("plus")), label);
  return { key: label, looks: "", make: () => h("li", {}, button()) };
}

function row({ id, label, before, unread, mentions, off }) {
  const here = id === store.channel;
  const fresh = unread > 0 && !here;
  return h("a", {
    class: `place${here ? " here" : ""}${fresh ? " unread" : ""}${off ? " off" : ""}`, href: `#${id}`, "aria-current": here ? "page" : null, "data-place": id,
  }, before, h("span", { class: "place-name" }, label),
  mentions && !here ? [h("span", { class: "mentions" }, mentions), h("span", { class: "sr-only" }, mentions === 1 ? " notification" : " notifications")] : null,
  fresh && !mentions ? h("span", { class: "sr-only" }, ", unread") : null);
}

function channelRow(channel) {
  return row({ ...channel, label: channel.name, before: icon(channel.private ? "lock" : "hash", channel.private ? "private" : ""), off: channel.archived });
}

function directRow(direct, who) {
  return row({ ...direct, label: who.name, before: avatar(who, "tiny") });
}

function appRow(bot) {
  const start = async () => {
    const answer = await api.act("open_dm", { with: bot.user_id });
    if (answer.ok) location.hash = answer.channel;
  };
  return h("button", { class: "place", type: "button", on: { click: start } }, avatar({ ...bot, bot: true }, "tiny"), h("span", { class: "place-name" }, bot.name));
}
