// The sandbox's page API. Answers come back as they are; a lost connection becomes an error like any other.

import { store } from "./store.js";

const KEY = document.querySelector("meta[name=sandbox-key]").content;
const LOST = "The sandbox does not answer. Is it still running?";

async function ask(path, options) {
  try {
    const answer = await fetch(path, options);
    const text = await answer.text();
    return answer.ok ? JSON.parse(text) : { ok: false, error: text };
  } catch {
    return { ok: false, error: LOST };
  }
}

function get(path, query = {}) {
  const wanted = Object.entries(query).filter(([, value]) => value !== null && value !== undefined);
  return ask(`/ui/${path}?${new URLSearchParams(wanted)}`, { headers: { "X-Sandbox-Key": KEY } });
}

function post(path, body) {
  return ask(`/ui/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Sandbox-Key": KEY },
    body: JSON.stringify(body),
  });
}

export const world = () => get("world");
export const sidebar = (user = store.viewer.id) => get("sidebar", { user });
export const conversation = (id, rest = {}) => get("conversation", { user: store.viewer.id, id, ...rest });
export const modal = () => get("modal", { user: store.viewer.id });
export const home = () => get("home", { user: store.viewer.id });
export const phone = () => get("phone", { user: store.viewer.id });
export const record = (query) => get("record", query);
export const advance = (seconds) => post("advance", { seconds });
export const clock = () => get("clock");
export const setPace = (change) => post("clock", change);
export const simulation = () => get("simulate");
export const simulate = (asked) => post("simulate", { user: store.viewer.id, ...asked });
export const faults = () => get("faults");
export const setFaults = (change) => post("faults", change);

/** Something the viewer does. */
export const act = (what, rest = {}) => post("act", { user: store.viewer.id, do: what, ...rest });

/** The sandbox was started anew and does not know this page's key any more: take its new page, but only once. */
function reload() {
  const last = Number(sessionStorage.getItem("sandbox-reloaded"));
  if (Date.now() - last < 10_000) return;
  sessionStorage.setItem("sandbox-reloaded", String(Date.now()));
  location.reload();
}

export function stream(onChange, onState) {
  const source = new EventSource(`/ui/stream?${new URLSearchParams({ user: store.viewer.id, key: KEY })}`);
  source.onmessage = (message) => onChange(JSON.parse(message.data));
  source.onopen = () => onState(true);
  source.onerror = () => {
    onState(false);
    if (source.readyState === EventSource.CLOSED) reload();
  };
  return source;
}
