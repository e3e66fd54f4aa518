// Select menus of every kind: what they offer, and how a choice becomes a value and back.

import { avatar } from "./avatar.js";
import { textObject } from "./mrkdwn.js";
import { Select, matching } from "./select.js";
import { addressable, channelName, isPrivate, person, store } from "./store.js";

/** Source of choices -> {value key kind, choices}. */
const SOURCES = {
  static: { choices: (element) => options(element), one: optionChoice, held: (choice) => choice.option },
  external: { one: optionChoice, held: (choice) => choice.option },
  users: { choices: () => addressable().map(personChoice), one: (id) => personChoice(person(id) ?? { id, name: id }), held: (choice) => choice.value },
  conversations: { choices: conversations, one: conversationChoice, held: (choice) => choice.value },
  channels: { choices: () => channels(["public"]), one: conversationChoice, held: (choice) => choice.value },
};

function optionChoice(option, group = "") {
  const { text, description, value } = option;
  return { value, label: text.text, draw: () => textObject(text), note: description?.text, group, option };
}

function options(element) {
  const grouped = (element.option_groups ?? []).flatMap((group) =>
    group.options.map((option) => optionChoice(option, group.label.text)));
  return [...(element.options ?? []).map((option) => optionChoice(option)), ...grouped];
}

function personChoice(who) {
  return { value: who.id, label: who.name, note: who.title, search: who.handle, before: () => avatar(who, "tiny") };
}

function conversationChoice(id) {
  const direct = store.sidebar.dms.find((one) => one.id === id);
  if (direct) return { value: id, label: direct.with.name, before: () => avatar(direct.with, "tiny") };
  return { value: id, label: `${isPrivate(id) ? "🔒 " : "# "}${channelName(id) ?? id}` };
}

function channels(kinds) {
  const { channels: joined, browse } = store.sidebar;
  const wanted = joined.filter((one) => !one.archived && kinds.includes(one.private ? "private" : "public"));
  const rest = kinds.includes("public") ? browse.filter((one) => !one.archived) : [];
  return [...wanted, ...rest].sort((a, b) => a.name.localeCompare(b.name)).map((one) => conversationChoice(one.id));
}

function conversations(element) {
  const { include = ["public", "private", "im", "mpim"], exclude_bot_users: noBots } = element.filter ?? {};
  const directs = include.includes("im") ? store.sidebar.dms.filter((one) => !(noBots && one.with.bot)) : [];
  return [...channels(include), ...directs.map((one) => conversationChoice(one.id))];
}

export function isChooser(element) {
  return /^(multi_)?(static|external|users|conversations|channels)_select$/.test(element.type);
}

export function chooser(element, block, ctx, label, describedBy) {
  const many = element.type.startsWith("multi_");
  const source = SOURCES[element.type.replace("multi_", "").replace("_select", "")];
  const value = ctx.form.get(block, element);
  const chosen = (many ? value ?? [] : value === null ? [] : [value]).map((one) => source.one(one));
  const offered = (typed) => matching(source.choices(element), typed);
  const select = new Select({
    label: label || element.placeholder?.text || "Choose",
    placeholder: element.placeholder?.text ?? (many ? "Select options" : "Select an option"),
    many,
    chosen,
    describedBy,
    load: source.choices ? offered : (typed) => suggested(ctx, block, element, typed),
    least: source.choices ? 0 : element.min_query_length ?? 3,
    most: element.max_selected_items ?? Infinity,
    clearable: block.type !== "input" || Boolean(block.optional),
    onChange: (items) => {
      const values = items.map(source.held);
      ctx.form.set(block, element, many ? values : values[0] ?? null);
      ctx.chosen(block, element, select.node);
    },
  });
  return select.node;
}

async function suggested(ctx, block, element, typed) {
  const answer = await ctx.suggest(block, element, typed);
  return options(answer);
}
