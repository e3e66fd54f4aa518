// Says outside the page, in its title and its icon, that something waits for the viewer.

import { fill } from "./dom.js";
import { store } from "./store.js";

/** Notified while nobody looked: the open conversation counts as read for Slack, but not for the person. */
let unseen = 0;

export function showNews() {
  const { channels, dms } = store.sidebar;
  const elsewhere = [...channels, ...dms].filter((one) => one.id !== store.channel);
  const pings = elsewhere.reduce((sum, one) => sum + one.mentions, unseen + (store.sidebar.phone ?? 0));
  const unread = elsewhere.some((one) => one.unread || one.mentions);
  document.body.classList.toggle("has-news", unread);
  const { conversation, viewer, world } = store;
  const name = conversation ? `${conversation.kind === "im" ? "" : "#"}${conversation.name} · ` : "";
  document.title = `${pings ? `(${pings}) ` : unread ? "* " : ""}${name}${world.team.name} · ${viewer.name}`;
  const icon = pings ? "icon-news.svg" : "icon.svg";
  const link = document.getElementById("icon");
  if (link.getAttribute("href") !== icon) link.setAttribute("href", icon);
}

/** The viewer was notified of something in `channel`. */
export function missed(channel) {
  if (channel === store.channel) {
    if (document.hidden) unseen += 1;
  } else {
    const { channels, dms } = store.sidebar;
    const place = [...channels, ...dms].find((one) => one.id === channel);
    fill(document.getElementById("announcer"), `New notification in ${place?.with?.name ?? place?.name ?? "a conversation"}`);
  }
  showNews();
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden || !unseen) return;
  unseen = 0;
  showNews();
});
