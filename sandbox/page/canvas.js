// A canvas in a dialog: its sections as Slack would draw them, and for who may write a box that adds to its end.

import * as api from "./api.js";
import { h } from "./dom.js";
import { openDialog, toast } from "./popup.js";

const INLINE = /(\\[!-/:-@[-`{-~])|(`+)(.+?)\2|!?\[((?:\\.|[^\]\\])*)\]\((https?:[^\s)]+)\)|(\*\*|__)(.+?)\6|~~(.+?)~~|([*_])(.+?)\9/;
const ITEM = /^([ \t]*)([-+*]|\d+[.)])[ \t]+(\[[ xX]\][ \t]+)?(.*)$/;

/** Markdown within a line as nodes. */
function inline(text) {
  const found = INLINE.exec(text);
  if (!found) return [text];
  const [all, escaped, ticks, code, label, url, , bold, struck, , slanted] = found;
  const middle = escaped ? escaped.slice(1)
    : ticks ? h("code", {}, code)
      : url ? h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, inline(label))
        : bold ? h("strong", {}, inline(bold))
          : struck ? h("s", {}, inline(struck)) : h("em", {}, inline(slanted));
  return [text.slice(0, found.index), middle, ...inline(text.slice(found.index + all.length))];
}

const lines = (text) => text.split("\n").flatMap((line, at) => (at ? [h("br"), inline(line)] : [inline(line)]));
const cells = (row) => row.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => inline(cell.trim()));

function table(text) {
  const [head, , ...rows] = text.split("\n");
  return h("div", { class: "canvas-wide", tabIndex: 0, role: "region", "aria-label": "Table" }, h("table", {},
    h("thead", {}, h("tr", {}, cells(head).map((cell) => h("th", {}, cell)))),
    h("tbody", {}, rows.map((row) => h("tr", {}, cells(row).map((cell) => h("td", {}, cell)))))));
}

function list(text) {
  return h("ul", {}, text.split("\n").map((line) => {
    const [, indent, sign, box, said] = ITEM.exec(line) ?? [null, "", "", "", line.trim()];
    const mark = box ? (box.includes(" ]") ? "☐" : "☑") : /\d/.test(sign) ? sign : sign ? "•" : "";
    return h("li", { class: `canvas-item deep-${Math.min(3, Math.floor(indent.length / 2))}` }, h("span", { class: "canvas-mark" }, mark), h("span", {}, inline(said)));
  }));
}

const BARE = /^[ \t]*#{1,3}[ \t]*/;
const DRAWN = {
  h1: (text) => h("h3", { class: "canvas-h1" }, inline(text.replace(BARE, ""))),
  h2: (text) => h("h4", { class: "canvas-h2" }, inline(text.replace(BARE, ""))),
  h3: (text) => h("h5", { class: "canvas-h3" }, inline(text.replace(BARE, ""))),
  code: (text) => h("pre", {}, text.split("\n").slice(1, -1).join("\n")),
  quote: (text) => h("blockquote", {}, lines(text.replace(/^ {0,3}> ?/gm, ""))),
  divider: () => h("hr"),
  table,
  list,
};

export function showCanvas({ id, title, parts, writes }) {
  const area = h("textarea", { class: "text-input", rows: 3, "aria-label": "Add to the end" });
  const add = async () => {
    const answer = await api.act("write_canvas", { canvas: id, text: area.value });
    if (answer.ok) opened.close();
    else toast(answer.detail ?? answer.error);
  };
  const opened = openDialog({
    title,
    kind: "canvas",
    body: h("div", { class: "stack" },
      h("div", { class: "canvas-text" }, parts.length ? parts.map(({ kind, markdown }) => (DRAWN[kind] ?? ((text) => h("p", {}, lines(text))))(markdown)) : h("p", { class: "quiet" }, "Nothing is written here yet.")),
      writes ? [area, h("button", { class: "button", type: "button", on: { click: add } }, "Add to the end")] : h("p", { class: "quiet" }, "You can read this canvas, and not write in it.")),
  });
}
