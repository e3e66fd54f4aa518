// Jumping to a conversation by a few letters of its name.

import { avatar } from "./avatar.js";
import { fill, freshId, h } from "./dom.js";
import { icon } from "./icons.js";
import { openDialog } from "./popup.js";
import { person, store } from "./store.js";

const MOST = 12;

function places() {
  const { channels, dms, browse } = store.sidebar;
  const direct = dms.map((one) => ({ id: one.id, name: one.with.name, unread: one.unread, draw: () => avatar(person(one.with.id) ?? one.with, "tiny") }));
  const rooms = [...channels, ...browse].map((one) => ({ id: one.id, name: one.name, unread: one.unread ?? 0, draw: () => icon(one.private ? "lock" : "hash") }));
  return [...direct, ...rooms].filter((one) => one.id !== store.channel);
}

function matching(typed) {
  const wanted = typed.trim().replace(/^[#@]/, "").toLowerCase();
  const found = places().filter((one) => one.name.toLowerCase().includes(wanted));
  const rank = (one) => (one.unread ? 0 : 2) + (one.name.toLowerCase().startsWith(wanted) ? 0 : 1);
  return found.sort((a, b) => rank(a) - rank(b)).slice(0, MOST);
}

export function quickSwitch() {
  let at = 0;
  let shown = [];
  const list = h("div", { role: "listbox", id: freshId("places"), "aria-label": "Conversations" });
  const take = (one) => {
    if (!one) return;
    opened.close();
    location.hash = one.id;
  };
  const draw = () => {
    fill(list, shown.map((one, i) => h("div", { class: `offer${i === at ? " at" : ""}`, role: "option", id: `${list.id}-${i}`, "aria-selected": String(i === at), on: { click: () => take(one) } },
      one.draw(), h("strong", {}, one.name), one.unread ? h("span", { class: "offer-note" }, "unread") : null)));
    if (shown.length) input.setAttribute("aria-activedescendant", `${list.id}-${at}`);
    else input.removeAttribute("aria-activedescendant");
  };
  const look = () => {
    shown = matching(input.value);
    at = 0;
    draw();
  };
  const key = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter") take(shown[at]);
    if (!step || !shown.length) return;
    event.preventDefault();
    at = (at + step + shown.length) % shown.length;
    draw();
  };
  const input = h("input", {
    class: "text-input", placeholder: "Where to?", autocomplete: "off", role: "combobox", "aria-label": "Jump to a conversation",
    "aria-expanded": "true", "aria-controls": list.id, "aria-autocomplete": "list", on: { input: look, keydown: key },
  });
  look();
  const opened = openDialog({ title: "Jump to", body: h("div", { class: "stack quick" }, input, list) });
}
