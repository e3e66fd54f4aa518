// rich_text blocks: a tree of sections, lists, quotes and code.

import { h } from "./dom.js";
import { broadcast, channelLink, dateNode, drawEmoji, group, link, mention } from "./mrkdwn.js";
import { unknown } from "./elements.js";

export function richText(block) {
  return block.elements.map((part) => PARTS[part.type]?.(part) ?? unknown("element", part.type));
}

const PARTS = {
  rich_text_section: (part) => h("div", { class: "rich-section" }, leaves(part)),
  rich_text_quote: (part) => h("blockquote", {}, leaves(part)),
  rich_text_preformatted: (part) => h("pre", { class: "fenced" }, leaves(part)),
  rich_text_list: list,
};

function list(part) {
  const ordered = part.style === "ordered";
  const node = h(ordered ? "ol" : "ul", { class: `rich-list indent-${Math.min(part.indent ?? 0, 8)}`, start: ordered && part.offset ? part.offset + 1 : null });
  node.append(...part.elements.map((item) => h("li", {}, leaves(item))));
  return node;
}

const leaves = (part) => part.elements.map((leaf) => styled(leaf, LEAVES[leaf.type]?.(leaf) ?? unknown("element", leaf.type)));

const LEAVES = {
  text: ({ text }) => text.split("\n").flatMap((line, i) => (i ? [h("br"), line] : [line])),
  link: ({ url, text }) => link(url, text ?? url),
  user: ({ user_id: id }) => mention(id),
  usergroup: ({ usergroup_id: id }) => group(id),
  channel: ({ channel_id: id }) => channelLink(id),
  broadcast: ({ range }) => broadcast(range),
  emoji: ({ name, skin_tone: tone }) => drawEmoji(tone ? `${name}::skin-tone-${tone}` : name) ?? `:${name}:`,
  date: ({ timestamp, format, url, fallback }) => dateNode(timestamp, format, url, fallback ?? ""),
  color: ({ value }) => h("code", {}, value),
  team: ({ team_id: id }) => id,
};

const STYLES = [["code", "code"], ["bold", "strong"], ["italic", "em"], ["strike", "s"], ["underline", "u"]];

function styled(leaf, content) {
  return STYLES.filter(([style]) => leaf.style?.[style]).reduce((inner, [, tag]) => h(tag, {}, inner), content);
}
