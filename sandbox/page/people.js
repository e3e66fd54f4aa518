// Being somebody else: the same page through another person's eyes.

import * as api from "./api.js";
import { avatar } from "./avatar.js";
import { openMenu } from "./popup.js";
import { store } from "./store.js";
import { localTime } from "./times.js";

export function become(person) {
  const url = new URL(location.href);
  url.searchParams.set("user", person.handle);
  // What not everybody can see is not where the other person begins.
  if (store.conversation?.kind !== "channel") url.hash = "";
  location.assign(url);
}

/** Everybody but the viewer whom the app has notified of something they have not seen, as [{person, count, texts}]. */
async function waiting() {
  const others = store.world.people.filter((one) => !one.deleted && one.id !== store.viewer.id);
  const found = await Promise.all(others.map(async (person) => {
    const { channels = [], dms = [], phone: texts = 0 } = await api.sidebar(person.id);
    const count = [...dms, ...channels].reduce((sum, one) => sum + (one.mentions ?? 0), 0);
    return { person, count, texts };
  }));
  return found.filter((one) => one.count || one.texts);
}

export async function switchPerson(anchor) {
  const pings = new Map((await waiting()).map((one) => [one.person.id, one.count + one.texts]));
  const items = store.world.people.map((one) => ({
    label: one.name,
    note: [one.title, one.guest && "guest", one.deleted ? "deactivated" : localTime(one)].filter(Boolean).join(" · "),
    before: avatar(one, "small"),
    count: pings.get(one.id),
    checked: one.id === store.viewer.id,
    off: one.deleted,
    run: () => become(one),
  }));
  openMenu(anchor, [{ heading: "Be somebody else", note: "Alt+P, then the first letters" }, ...items], { label: "Be somebody else", kind: "people" });
}
