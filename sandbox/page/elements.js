// The interactive elements of Block Kit.

import { chooser, isChooser } from "./choosers.js";
import { freshId, h, safeUrl } from "./dom.js";
import { icon } from "./icons.js";
import { localTarget, plain, textObject } from "./mrkdwn.js";
import { openMenu } from "./popup.js";
import { fromWall, wall } from "./times.js";

/** What stands in for something this page cannot draw. */
export function unknown(what, kind) {
  return h("div", { class: "unknown" }, icon("warning"), `This ${what} cannot be drawn here: ${kind}`);
}

/**
 * The node of an element. `ctx`: {form, chosen(block, element, node), pressed(block, element, value, node),
 * suggest(block, element, typed)}; `label` and `describedBy` come from an input block.
 */
export function element(element, block, ctx, label = "", describedBy = null) {
  if (isChooser(element)) return chooser(element, block, ctx, label, describedBy);
  const draw = DRAWN[element.type];
  return draw ? draw(element, block, ctx, label, describedBy) : unknown("element", element.type);
}

function button(element, block, ctx) {
  const style = { primary: "primary", danger: "danger" }[element.style] ?? "";
  const props = { class: `button ${style}`, "aria-label": element.accessibility_label, "data-action": element.action_id };
  const words = h("span", {}, textObject(element.text));
  const press = (event) => ctx.pressed(block, element, null, event.currentTarget);
  const url = element.url && safeUrl(element.url);
  if (!url) return h("button", { ...props, type: "button", on: { click: press } }, words);
  const local = localTarget(url);
  const rest = local ? {} : { target: "_blank", rel: "noopener noreferrer" };
  return h("a", { ...props, href: local ?? url, ...rest, on: { click: press } }, words);
}

function overflow(element, block, ctx) {
  const open = (event) => {
    const anchor = event.currentTarget;
    openMenu(anchor, element.options.map((option) => ({
      label: plain(option.text.text),
      note: option.description?.text,
      run: () => {
        const url = option.url && safeUrl(option.url);
        if (url) window.open(url, "_blank", "noopener");
        ctx.pressed(block, element, option, anchor);
      },
    })), { label: "More actions" });
  };
  return h("button", { class: "button overflow", type: "button", "aria-label": "More actions", "aria-haspopup": "menu", "data-action": element.action_id, on: { click: open } }, icon("more"));
}

function choices(kind) {
  return (element, block, ctx, label, describedBy) => {
    const name = freshId("choice");
    const many = kind === "checkbox";
    const value = ctx.form.get(block, element);
    const picked = (many ? value ?? [] : [value]).filter(Boolean).map((option) => option.value);
    const group = h("div", { class: "choices", role: many ? "group" : "radiogroup", "aria-label": label || null, "aria-describedby": describedBy });
    const change = () => {
      const inputs = [...group.querySelectorAll("input")];
      const on = element.options.filter((_, i) => inputs[i].checked);
      ctx.form.set(block, element, many ? on : on[0] ?? null);
      ctx.chosen(block, element, group);
    };
    group.append(...element.options.map((option) => h("label", { class: "choice" },
      h("input", { type: kind, name, checked: picked.includes(option.value), on: { change } }),
      h("span", { class: "choice-words" }, h("span", {}, textObject(option.text)),
        option.description ? h("span", { class: "choice-note" }, textObject(option.description)) : null))));
    return group;
  };
}

/** A native input whose value is a string; `read` and `write` turn it into the element's value and back. */
function field(type, extras = () => ({}), read = (text) => text || null, write = (value) => value ?? "") {
  return (element, block, ctx, label, describedBy) => {
    const change = (event) => {
      ctx.form.set(block, element, read(event.currentTarget.value));
      ctx.chosen(block, element, event.currentTarget);
    };
    return h("input", {
      class: "text-input", type, "aria-label": label || element.placeholder?.text, "aria-describedby": describedBy,
      value: write(ctx.form.get(block, element)), ...extras(element), on: { change },
    });
  };
}

const readMoment = (text) => (text ? Math.round(fromWall(text) / 1000) : null);
const writeMoment = (seconds) => (seconds ? wall(seconds * 1000) : "");

/** An input in which people write. It tells the app on Enter or on each character, where the block asks for it. */
function writing(type, { read = (text) => text || null, write = (value) => value ?? "" } = {}) {
  return (element, block, ctx, label, describedBy) => {
    const when = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
    const tell = (node) => block.dispatch_action && ctx.chosen(block, element, node);
    const long = element.multiline || type === "rich";
    const store = (event) => {
      ctx.form.set(block, element, read(event.currentTarget.value));
      if (long) grow(event.currentTarget);
      if (when.includes("on_character_entered")) tell(event.currentTarget);
    };
    const keydown = (event) => {
      if (event.key !== "Enter" || event.shiftKey || !when.includes("on_enter_pressed") || !block.dispatch_action) return;
      event.preventDefault();
      tell(event.currentTarget);
    };
    return h(long ? "textarea" : "input", {
      class: "text-input", type: long ? null : type, rows: long ? 4 : null, autocomplete: "off",
      inputmode: element.type === "number_input" ? "decimal" : null,
      "aria-label": label || element.placeholder?.text, "aria-describedby": describedBy,
      placeholder: element.placeholder?.text ?? { url: "https://example.com", email: "name@example.com" }[type],
      value: write(ctx.form.get(block, element)), autofocus: element.focus_on_load, on: { input: store, keydown },
    });
  };
}

function grow(area) {
  area.style.height = "auto";
  area.style.height = `${Math.min(area.scrollHeight + 2, 320)}px`;
}

function readRich(text) {
  if (!text) return null;
  return { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text }] }] };
}

function writeRich(value) {
  return (value?.elements ?? []).flatMap((part) => part.elements ?? []).map((leaf) => leaf.text ?? "").join("");
}

function image(element) {
  return picture(element, "accessory-image");
}

/** A picture, or its description where there is none to load. */
export function picture({ image_url: address, alt_text: words }, kind) {
  const url = address && safeUrl(address);
  return url
    ? h("img", { class: kind, src: url, alt: words, loading: "lazy", referrerpolicy: "no-referrer" })
    : h("span", { class: `${kind} no-image` }, words);
}

const DRAWN = {
  button,
  overflow,
  image,
  workflow_button: button,
  checkboxes: choices("checkbox"),
  radio_buttons: choices("radio"),
  datepicker: field("date"),
  timepicker: field("time"),
  datetimepicker: field("datetime-local", () => ({}), readMoment, writeMoment),
  plain_text_input: writing("text"),
  email_text_input: writing("email"),
  url_text_input: writing("url"),
  number_input: writing("text"),
  rich_text_input: writing("rich", { read: readRich, write: writeRich }),
};
