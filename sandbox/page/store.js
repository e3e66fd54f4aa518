// What the page knows now. Filled by main.js, read by everybody.

export const store = {
  world: null,
  viewer: null,
  channel: null,
  thread: null,
  sidebar: { channels: [], dms: [], browse: [], phone: 0 },
  conversation: null,
  replies: null,
  notes: new Map(),
};

const SLACKBOT = { id: "USLACKBOT", name: "Slackbot", handle: "slackbot", bot: true };

export function person(id) {
  const { people, bot } = store.world;
  if (id === bot.user_id || id === bot.id) return { ...bot, id: bot.user_id, handle: bot.name, bot: true };
  if (id === SLACKBOT.id) return SLACKBOT;
  return people.find((one) => one.id === id) ?? null;
}

/** Everybody whom one could address: people who still work here, then the app. */
export function addressable() {
  const { people, bot } = store.world;
  return [...people.filter((one) => !one.deleted), person(bot.user_id)];
}

export function channelName(id) {
  const { channels, browse } = store.sidebar;
  const found = [...channels, ...browse].find((one) => one.id === id);
  if (found) return found.name;
  return store.conversation?.id === id ? store.conversation.name : null;
}

export function isPrivate(id) {
  return store.sidebar.channels.some((one) => one.id === id && one.private);
}

export const isMe = (id) => id === store.viewer.id;
export const fromApp = (author) => author.bot || author.id === store.world.bot.user_id;
