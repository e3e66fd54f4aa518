// Slack's own commands, for what a person does with channels.

import * as api from "./api.js";
import { store } from "./store.js";

const RUN = {
  "/archive": (channel) => api.act("archive", { channel }),
  "/leave": (channel) => api.act("leave", { channel }),
  "/rename": (channel, name) => api.act("rename", { channel, name }),
  "/topic": (channel, topic) => api.act("topic", { channel, topic }),
  "/invite": invite,
};

function invite(channel, text) {
  const handles = text.split(/\s+/).map((word) => word.replace(/^@/, "")).filter(Boolean);
  const { people, bot } = store.world;
  const everybody = [...people, { id: bot.user_id, handle: bot.name }];
  const who = handles.map((handle) => everybody.find((one) => one.handle === handle)?.id);
  const stranger = handles.find((_, i) => !who[i]);
  if (!who.length || stranger) {
    return { ok: false, error: stranger ? `Nobody here is called @${stranger}.` : "Whom do you want to invite? Try /invite @somebody" };
  }
  return api.act("invite", { channel, who });
}

export async function runBuiltIn(channel, command, text) {
  return RUN[command](channel, text);
}
