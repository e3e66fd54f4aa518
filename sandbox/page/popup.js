// Things that open over the page: menus, cards and lists beside what opened them, and dialogs.

import { fill, freshId, h } from "./dom.js";
import { icon } from "./icons.js";

/** Put `popup` under `anchor`, or above it where there is no room below. */
export function place(popup, anchor, { wide = false } = {}) {
  const at = anchor.getBoundingClientRect();
  if (wide) popup.style.width = `${Math.max(at.width, 220)}px`;
  const box = popup.getBoundingClientRect();
  const below = window.innerHeight - at.bottom;
  const top = below < box.height + 8 && at.top > below ? at.top - box.height - 4 : at.bottom + 4;
  const left = Math.min(at.left, window.innerWidth - box.width - 8);
  popup.style.top = `${Math.max(8, Math.min(top, window.innerHeight - box.height - 8))}px`;
  popup.style.left = `${Math.max(8, left)}px`;
}

/** Whatever opens from inside a dialog has to live in it, or the dialog would lie above. */
export const layerOf = (anchor) => anchor.closest("dialog") ?? document.body;

/** Show `content` beside `anchor` until the person looks elsewhere. Returns a function that closes it. */
export function openCard(anchor, content, { label, role = "dialog", onClose } = {}) {
  const popup = h("div", { class: "popup", popover: "auto", role, "aria-label": label }, content);
  const close = () => popup.isConnected && popup.hidePopover();
  popup.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    const inside = popup.contains(document.activeElement) || document.activeElement === document.body;
    popup.remove();
    if (inside && anchor.isConnected) anchor.focus();
    onClose?.();
  });
  layerOf(anchor).append(popup);
  popup.showPopover();
  place(popup, anchor);
  popup.querySelector("input, [role^=menuitem]:not([aria-disabled]), button")?.focus();
  return close;
}

/** A menu. Items: {label, run, icon?, note?, danger?, off?, before?, count?}, {heading, note?}, or "-" for a line between. */
export function openMenu(anchor, items, { label, onClose, kind = "" } = {}) {
  const menu = h("div", { class: `menu ${kind}`, on: { keydown: moveInMenu, focusin: reachable } }, items.map((item) => entry(item, () => close())));
  const close = openCard(anchor, menu, { label, role: "menu", onClose });
  return close;
}

function entry(item, close) {
  if (item === "-") return h("div", { class: "menu-line", role: "separator" });
  if (item.heading) return h("div", { class: "menu-heading", role: "presentation" }, item.heading,
    item.note ? h("span", { class: "menu-note" }, item.note) : null);
  const pick = () => {
    if (item.off) return;
    close();
    item.run();
  };
  return h("button", {
    class: `menu-item${item.danger ? " danger" : ""}`,
    type: "button",
    role: item.checked === undefined ? "menuitem" : "menuitemradio",
    "aria-checked": item.checked === undefined ? null : String(item.checked),
    "aria-disabled": item.off ? "true" : null,
    tabIndex: -1,
    on: { click: pick },
  }, item.before ?? (item.icon ? icon(item.icon) : null),
  h("span", { class: "menu-words" }, h("span", { class: "menu-label" }, item.label),
    item.note ? h("span", { class: "menu-note" }, item.note) : null),
  item.count ? [h("span", { class: "mentions" }, item.count), h("span", { class: "sr-only" }, item.count === 1 ? " notification" : " notifications")] : null);
}

const PAUSE = 700;
let typed = { text: "", at: 0 };

/** What was typed in quick succession, with this key. */
function typedSoFar(event) {
  const going = event.timeStamp - typed.at < PAUSE;
  typed = { text: (going ? typed.text : "") + event.key.toLowerCase(), at: event.timeStamp };
  return typed.text;
}

const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** The item with the focus is the one that Tab comes back to. */
function reachable(event) {
  for (const item of event.currentTarget.querySelectorAll(".menu-item")) item.tabIndex = item === event.target ? 0 : -1;
}

function moveInMenu(event) {
  const items = [...event.currentTarget.querySelectorAll(".menu-item")];
  const at = items.indexOf(document.activeElement);
  if (event.key.length === 1 && /\S/.test(event.key) && !event.ctrlKey && !event.metaKey) {
    const text = typedSoFar(event);
    items.find((one) => folded(one.textContent).replace(/^\W+/, "").startsWith(text) || folded(one.querySelector(".menu-label").textContent).startsWith(text))?.focus();
    return;
  }
  const steps = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 };
  if (!(event.key in steps)) return;
  event.preventDefault();
  items.at(steps[event.key] % items.length)?.focus();
}

/** A dialog of the page's own. Resolves nothing by itself: `close` does, and Escape. */
export function openDialog({ title, body, footer = [], kind = "", onClose }) {
  const titleId = freshId("title");
  const dialog = h("dialog", { class: `dialog ${kind}`, "aria-labelledby": titleId });
  const close = () => {
    dialog.close();
    dialog.remove();
    onClose?.();
  };
  fill(dialog,
    h("header", { class: "dialog-head" },
      h("h2", { id: titleId }, title),
      h("button", { class: "icon-button", type: "button", "aria-label": "Close", on: { click: close } }, icon("close"))),
    h("div", { class: "dialog-body" }, body),
    footer.length ? h("footer", { class: "dialog-foot" }, footer) : null);
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    close();
  });
  dialog.addEventListener("click", (event) => event.target === dialog && close());
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector("[autofocus], .dialog-body input, .dialog-foot button")?.focus();
  return { dialog, close };
}

/** Ask a question; true when the person says yes. */
export function confirmed({ title, text, yes, no, danger = false }) {
  return new Promise((answer) => {
    let said = false;
    const finish = (value) => {
      said = value;
      opened.close();
    };
    const opened = openDialog({
      title,
      body: text,
      kind: "confirm",
      footer: [
        h("button", { class: "button", type: "button", on: { click: () => finish(false) } }, no),
        h("button", { class: `button ${danger ? "danger-fill" : "primary"}`, type: "button", on: { click: () => finish(true) } }, yes),
      ],
      onClose: () => answer(said),
    });
  });
}

/** A line above the conversation that goes away by itself. */
export function toast(text) {
  const note = h("div", { class: "knock toast", role: "alert" }, icon("warning"), text);
  document.getElementById("knocks").append(note);
  setTimeout(() => note.remove(), 6000);
}
