// Choosing an emoji, for a reaction or for a text.

import * as api from "./api.js";
import { fill, h } from "./dom.js";
import { emoji, emojiNames } from "./emoji.js";
import { openCard, toast } from "./popup.js";
import { store } from "./store.js";

const SHOWN = 96;

export async function react(channel, message, name) {
  const mine = message.reactions?.some((one) => one.name === name && one.users.includes(store.viewer.id));
  const answer = await api.act(mine ? "unreact" : "react", { channel, ts: message.ts, name });
  if (!answer.ok) toast(`Your reaction could not be added: ${answer.error}`);
}

export function addReaction(anchor, channel, message, onClose) {
  pickEmoji(anchor, (name) => react(channel, message, name), onClose);
}

export function pickEmoji(anchor, onPick, onClose) {
  const grid = h("div", { class: "emoji-grid" });
  const show = (typed) => fill(grid, emojiNames(typed).slice(0, SHOWN).map((name) =>
    h("button", { class: "emoji-button", type: "button", title: `:${name}:`, "aria-label": name, on: { click: () => pick(name) } }, emoji(name))));
  const pick = (name) => {
    close();
    onPick(name);
  };
  const search = h("input", {
    class: "text-input", type: "search", placeholder: "Search all emoji", "aria-label": "Search all emoji",
    on: {
      input: () => show(search.value.trim().toLowerCase().replaceAll(":", "")),
      keydown: (event) => {
        if (event.key === "Enter" && grid.firstElementChild) grid.firstElementChild.click();
      },
    },
  });
  show("");
  const close = openCard(anchor, h("div", { class: "emoji-picker" }, search, grid), { label: "Pick an emoji", onClose });
}
