// What happens when somebody presses or chooses something in a message or in a form.

import * as api from "./api.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { textObject } from "./mrkdwn.js";
import { confirmed } from "./popup.js";

/** The context of the elements in one place. `where`: {channel, ts} or {view_id}. */
export function interaction(where, form) {
  const press = async (block, element, value, node) => {
    if (element.confirm && !(await agreed(element.confirm))) return;
    waiting(node, true);
    const { block_id, action_id } = { block_id: block.block_id, action_id: element.action_id };
    const answer = await api.act("block_action", { ...where, block_id, action_id, value, state: form.values });
    waiting(node, false);
    if (!answer.ok) warn(node, answer.error);
  };
  return {
    form,
    pressed: press,
    chosen: (block, element, node) => {
      if (block.type === "input" && !block.dispatch_action) return;
      press(block, element, form.held(block, element), node);
    },
    suggest: (block, element, value) =>
      api.act("suggest", { ...where, block_id: block.block_id, action_id: element.action_id, value }),
  };
}

function agreed({ title, text, confirm, deny, style }) {
  return confirmed({
    title: title.text, text: textObject(text), yes: confirm.text, no: deny.text, danger: style === "danger",
  });
}

function waiting(node, on) {
  node.classList.toggle("busy", on);
  node.setAttribute("aria-busy", String(on));
  if (on && node.nextElementSibling?.matches(".element-warning")) node.nextElementSibling.remove();
}

function warn(node, text) {
  node.after(h("span", { class: "element-warning", role: "alert", title: text }, icon("warning"), text));
}
