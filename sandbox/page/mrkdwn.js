// Slack's mark-up, drawn as nodes: mrkdwn, plain text, and the way back to what a person would type.

import { h, safeUrl } from "./dom.js";
import { emoji } from "./emoji.js";
import { channelName, isMe, isPrivate, person, store } from "./store.js";
import { fillDate } from "./times.js";

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
const decode = (text) => text.replace(/&(amp|lt|gt);/g, (entity) => ENTITIES[entity]);

const EMOJI = /^:([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):/;
const ADDRESS = /^https?:\/\/[^\s<>|*~`]+[^\s<>|*_~`.,;:!?'")\]}]/;
const FENCE = /```\n?([\s\S]+?)\n?```/;
const QUOTED = /^(?:&gt;|>) ?/;
const STYLES = { "*": "strong", _: "em", "~": "s" };

/** Nodes for a mrkdwn text. With `verbatim`, bare addresses stay text. */
export function mrkdwn(text, { verbatim = false } = {}) {
  const nodes = [];
  let rest = text ?? "";
  for (let fence = FENCE.exec(rest); fence; fence = FENCE.exec(rest)) {
    nodes.push(...paragraphs(rest.slice(0, fence.index).replace(/\n$/, ""), verbatim));
    nodes.push(h("pre", { class: "fenced" }, preformatted(fence[1])));
    rest = rest.slice(fence.index + fence[0].length).replace(/^\n/, "");
  }
  return [...nodes, ...paragraphs(rest, verbatim)];
}

function preformatted(text) {
  return text.split(/(<[^<>\n]+>)/).map((part) => token(part) ?? decode(part));
}

/** Lines, with runs of quoted ones in a block quote. */
function paragraphs(text, verbatim) {
  if (!text) return [];
  const runs = [];
  for (const line of text.split("\n")) {
    const quoted = QUOTED.test(line);
    const shown = line.replace(QUOTED, "");
    if (runs.at(-1)?.quoted === quoted) runs.at(-1).lines.push(shown);
    else runs.push({ quoted, lines: [shown] });
  }
  return runs.flatMap(({ quoted, lines }) =>
    quoted ? h("blockquote", {}, inline(lines.join("\n"), verbatim)) : inline(lines.join("\n"), verbatim));
}

function inline(text, verbatim, before = "") {
  const nodes = [];
  let plain = "";
  const flush = () => {
    if (plain) nodes.push(...lines(decode(plain)));
    plain = "";
  };
  for (let at = 0; at < text.length;) {
    const previous = at ? text[at - 1] : before;
    const found = piece(text.slice(at), previous, verbatim);
    if (found) {
      flush();
      nodes.push(...[found.node].flat());
      at += found.length;
    } else {
      plain += text[at];
      at += 1;
    }
  }
  flush();
  return nodes;
}

function lines(text) {
  return text.split("\n").flatMap((line, i) => (i ? [h("br"), line] : [line])).filter((line) => line !== "");
}

/** What begins right here, as {node, length}, or null for an ordinary character. */
function piece(rest, previous, verbatim) {
  const first = rest[0];
  if (first === "<") return tokenAt(rest);
  if (first === "`") return codeAt(rest);
  if (first === ":") return emojiAt(rest);
  if (first === "h" && !verbatim && !/\w/.test(previous)) return addressAt(rest);
  return STYLES[first] ? styledAt(rest, previous, verbatim) : null;
}

function tokenAt(rest) {
  const match = /^<[^<>\n]+>/.exec(rest);
  const node = match && token(match[0]);
  return node ? { node, length: match[0].length } : null;
}

function codeAt(rest) {
  const match = /^`([^`\n]+)`/.exec(rest);
  return match ? { node: h("code", {}, preformatted(match[1])), length: match[0].length } : null;
}

function emojiAt(rest) {
  const match = EMOJI.exec(rest);
  const node = match && drawEmoji(match[1]);
  return node ? { node, length: match[0].length } : null;
}

function addressAt(rest) {
  const match = ADDRESS.exec(rest);
  if (!match) return null;
  const address = decode(match[0].replace(/&(gt|lt);.*$/, ""));
  return { node: link(address, address), length: match[0].replace(/&(gt|lt);.*$/, "").length };
}

function styledAt(rest, previous, verbatim) {
  const mark = rest[0];
  if (/[\p{L}\p{N}]/u.test(previous) || /^.(\s|$)/.test(rest) || rest[1] === mark) return null;
  for (let end = rest.indexOf(mark, 1); end > 0; end = rest.indexOf(mark, end + 1)) {
    const inner = rest.slice(1, end);
    if (inner.includes("\n")) return null;
    const inToken = inner.lastIndexOf("<") > inner.lastIndexOf(">");
    const inCode = inner.split("`").length % 2 === 0 && rest.indexOf("`", end) > 0;
    if (inToken || inCode || /\s$/.test(inner) || /[\p{L}\p{N}]/u.test(rest[end + 1] ?? "")) continue;
    return { node: h(STYLES[mark], {}, inline(inner, verbatim, mark)), length: end + 1 };
  }
  return null;
}

/** The node of a whole `<...>`, or null when `text` is none. */
function token(text) {
  if (!/^<[^<>]+>$/.test(text)) return null;
  const [body, ...labels] = text.slice(1, -1).split("|");
  const label = labels.length ? decode(labels.join("|")) : "";
  if (body[0] === "@") return mention(body.slice(1), label);
  if (body[0] === "#") return channelLink(body.slice(1), label);
  if (body[0] === "!") return special(body.slice(1), label, text);
  const address = decode(body);
  return safeUrl(address) && link(address, label || address.replace(/^mailto:/, ""));
}

export function mention(id, label = "") {
  const who = person(id);
  const name = `@${who?.name ?? (label.replace(/^@/, "") || id)}`;
  if (!who) return h("span", { class: "mention" }, name);
  const classes = `mention person${isMe(id) ? " me" : ""}`;
  return h("button", { class: classes, type: "button", "data-person": who.id }, name);
}

export function channelLink(id, label = "") {
  const name = channelName(id) ?? label;
  if (!name) return h("span", { class: "mention", "data-unknown": id }, "🔒 private channel");
  const sign = isPrivate(id) ? "🔒" : "#";
  return h("a", { class: "mention channel", href: `#${id}`, "data-channel": id }, `${sign}${name}`);
}

/** Draw the links anew that lead to channels which were not known: they were made after the message came. */
export function refreshChannels(root) {
  for (const node of root.querySelectorAll("[data-unknown]")) {
    if (channelName(node.dataset.unknown)) node.replaceWith(channelLink(node.dataset.unknown));
  }
}

export function broadcast(range) {
  return h("span", { class: "mention me" }, `@${range}`);
}

export function group(id, label = "") {
  const known = (store.world.groups ?? []).find((one) => one.id === id);
  return h("span", { class: "mention" }, known ? `@${known.handle}` : label || "@group");
}

function special(body, label, whole) {
  const [name, ...parts] = body.split("^");
  if (["here", "channel", "everyone"].includes(name)) return broadcast(name);
  if (name === "subteam") return group(parts[0], label);
  if (name === "date") return dateNode(Number(parts[0]), decode(parts[1] ?? ""), decode(parts.slice(2).join("^")), label);
  return h("span", { class: "mention" }, label || decode(whole));
}

export function dateNode(seconds, pattern, address, fallback) {
  const text = fillDate(seconds, pattern) ?? fallback;
  const node = h("time", { class: "date", "data-seconds": seconds, "data-pattern": pattern }, text);
  return address ? link(address, node) : node;
}

/** Write every drawn date anew: the clock moved. */
export function refreshDates(root) {
  for (const node of root.querySelectorAll("time.date")) {
    const text = fillDate(Number(node.dataset.seconds), node.dataset.pattern);
    if (text !== null && node.textContent !== text) node.textContent = text;
  }
}

const CANVAS = /\.slack\.com\/docs\/T[A-Z0-9]+\/(F[A-Z0-9]+)/;
const ARCHIVE = /\/archives\/([CDG][A-Z0-9]+)(?:\/p(\d+)(\d{6}))?/;
const REDIRECT = /[?&]channel=([CDG][A-Z0-9]+)/;

/** Links to a conversation of this workspace stay on this page; all others open a new tab. */
export function link(address, label) {
  const url = safeUrl(address);
  if (!url) return h("span", {}, label);
  const here = localTarget(url);
  const canvas = CANVAS.exec(url)?.[1];
  if (canvas) return h("a", { class: "link", href: `#${store.channel}`, on: { click: (event) => openCanvas(event, canvas) } }, label);
  if (here) return h("a", { class: "link", href: here }, label);
  return h("a", { class: "link", href: url, target: "_blank", rel: "noopener noreferrer" }, label);
}

function openCanvas(event, id) {
  event.preventDefault();
  document.dispatchEvent(new CustomEvent("canvas", { detail: id }));
}

export function localTarget(url) {
  const archive = ARCHIVE.exec(url);
  if (archive) {
    const [, channel, seconds, micros] = archive;
    const thread = /[?&]thread_ts=([\d.]+)/.exec(url)?.[1];
    return `#${channel}${seconds ? `/${seconds}.${micros}` : ""}${thread ? `/${thread}` : ""}`;
  }
  const { hostname } = new URL(url);
  const redirect = hostname.endsWith("slack.com") && REDIRECT.exec(url);
  return redirect ? `#${redirect[1]}` : null;
}

export function drawEmoji(name) {
  const character = emoji(name);
  return character ? h("span", { class: "emoji", role: "img", "aria-label": `:${name}:`, title: `:${name}:` }, character) : null;
}

/** Nodes for a text object: mrkdwn or plain_text. */
export function textObject(text) {
  if (!text) return [];
  if (text.type === "mrkdwn") return mrkdwn(text.text, { verbatim: Boolean(text.verbatim) });
  return plain(text.text, text.emoji !== false);
}

export function plain(text, withEmoji = true) {
  if (!withEmoji) return lines(text);
  return text.split(/(:[a-z0-9_+'-]+(?:::skin-tone-[2-6])?:)/).flatMap((part) => {
    const match = EMOJI.exec(part);
    const node = match && match[0] === part && drawEmoji(match[1]);
    return node ? [node] : lines(part);
  });
}

/** A stored text as its author would type it, for editing. */
export function typed(text) {
  return decode(text.replace(/<([^<>]+)>/g, (whole, inner) => {
    const [body, label] = inner.split("|");
    if (body[0] === "@") return `@${person(body.slice(1))?.handle ?? label ?? body.slice(1)}`;
    if (body[0] === "#") return `#${channelName(body.slice(1)) ?? label ?? ""}`;
    if (body[0] === "!") return label ?? `@${body.slice(1)}`;
    return body;
  }));
}

/** A text without its mark-up, in one line, for previews and for screen readers. */
export function bare(text) {
  return h("div", {}, mrkdwn(text ?? "")).textContent.replace(/\s+/g, " ").trim();
}
