// Block Kit: one function for each kind of block.

import { countDown } from "./deadlines.js";
import { freshId, h } from "./dom.js";
import { element, picture, unknown } from "./elements.js";
import { mrkdwn, plain, textObject } from "./mrkdwn.js";
import { richText } from "./richtext.js";

/** Items for `reconcile`. `errors`: block_id -> what is wrong with what was entered there. */
export function blockItems(blocks, ctx, errors = {}) {
  return blocks.map((block, i) => ({
    key: block.block_id ?? `at-${i}`,
    looks: JSON.stringify([block, errors[block.block_id] ?? null]),
    make: () => countedDown(drawBlock(block, ctx, errors[block.block_id])),
  }));
}

function countedDown(node) {
  countDown(node);
  return node;
}

export function drawBlock(block, ctx, error) {
  const draw = DRAWN[block.type];
  const node = draw ? draw(block, ctx, error) : unknown("block", block.type);
  node.classList.add("block");
  node.dataset.block = block.block_id ?? "";
  return node;
}

function section(block, ctx) {
  const words = block.text ? h("div", { class: "section-text" }, textObject(block.text)) : null;
  const fields = block.fields
    ? h("div", { class: "fields" }, block.fields.map((field) => h("div", { class: "field" }, textObject(field))))
    : null;
  const beside = block.accessory ? h("div", { class: "accessory" }, element(block.accessory, block, ctx)) : null;
  const wide = block.accessory && /select|input|checkboxes|radio|picker/.test(block.accessory.type);
  return h("div", { class: `section${wide ? " wide" : ""}` }, h("div", { class: "section-words" }, words, fields), beside);
}

function header(block) {
  return h("h3", { class: "header" }, plain(block.text.text));
}

function context(block) {
  const parts = block.elements.map((part) =>
    part.type === "image" ? picture(part, "context-image") : h("span", { class: "context-text" }, textObject(part)));
  return h("div", { class: "context" }, parts);
}

function actions(block, ctx) {
  return h("div", { class: "actions" }, block.elements.map((one) => element(one, block, ctx)));
}

function image(block) {
  const title = block.title ? h("figcaption", {}, plain(block.title.text)) : null;
  return h("figure", { class: "image" }, title, picture(block, "block-image"));
}

/** A labelled field, with its hint and whatever is wrong with it. */
function input(block, ctx, error) {
  const hintId = freshId("hint");
  const optional = block.optional ? h("span", { class: "optional" }, " (optional)") : null;
  const held = element(block.element, block, ctx, block.label.text, hintId);
  const node = h("div", { class: `input${error ? " wrong" : ""}` },
    h("label", { class: "label" }, plain(block.label.text), optional), held,
    h("div", { id: hintId },
      error ? h("div", { class: "error", role: "alert" }, error) : null,
      block.hint ? h("div", { class: "hint" }, plain(block.hint.text)) : null));
  labelled(node, held, error);
  return node;
}

function labelled(node, held, error) {
  const field = held.matches("input, textarea") ? held : held.querySelector("input[role=combobox]");
  if (!field) return;
  field.id ||= freshId("field");
  node.querySelector(".label").htmlFor = field.id;
  // The label speaks for the field; a name of its own would only repeat it.
  field.removeAttribute("aria-label");
  if (error) field.setAttribute("aria-invalid", "true");
}

const DRAWN = {
  section,
  header,
  context,
  actions,
  image,
  input,
  divider: () => h("hr", { class: "divider" }),
  rich_text: (block) => h("div", { class: "rich" }, richText(block)),
  markdown: (block) => h("div", { class: "section-text" }, mrkdwn(block.text)),
};
