// Starts the page, and keeps it true to the sandbox.

import * as api from "./api.js";
import { ClockBar } from "./clockbar.js";
import { ConversationPane } from "./conversation.js";
import { tickDown } from "./deadlines.js";
import { profile } from "./dialogs.js";
import { fill, h } from "./dom.js";
import { Inspector } from "./inspector.js";
import { listenToKeys } from "./keys.js";
import { ModalHost } from "./modal.js";
import { refreshChannels, refreshDates } from "./mrkdwn.js";
import { missed, showNews } from "./news.js";
import { Phone } from "./phone.js";
import { toast } from "./popup.js";
import { Sidebar } from "./sidebar.js";
import { beep } from "./sound.js";
import { store } from "./store.js";
import { localTime, setClock, setZone } from "./times.js";
import { ThreadPanel } from "./thread.js";
import { Tour } from "./tour.js";

const $ = (id) => document.getElementById(id);

const TICK = 250;
// Who this window was last: an address that names nobody goes on as them.
const WHO = "sandbox-viewer";

let pane;
let panel;
let modal;
let clock;
let sidebar;
let tour;
let inspector;
let phone;
let target = null;

/** Run `load`, and `use` what it brings unless it was asked for again meanwhile. */
function latest(load, use) {
  let asked = 0;
  return async () => {
    asked += 1;
    const mine = asked;
    const found = await load();
    if (mine === asked && !found.error?.includes?.("does not answer")) use(found);
  };
}

const refreshSidebar = latest(() => api.sidebar(), (found) => {
  store.sidebar = found;
  refreshChannels(document);
  drawPlaces();
  tour.look();
});

const refreshConversation = latest(() => api.conversation(store.channel), (conversation) => {
  if (!conversation.messages) {
    leaveUnknown();
    return;
  }
  if (conversation.id !== store.channel) return;
  store.conversation = conversation;
  pane.take(conversation);
  showNews();
  tour.look();
  jump();
});

const refreshThread = latest(
  () => (store.thread ? api.conversation(store.channel, { thread_ts: store.thread }) : {}),
  (replies) => {
    store.replies = replies.messages?.length ? replies : null;
    panel.draw();
    jump();
  },
);

const refreshModal = latest(() => api.modal(), (found) => found.view !== undefined && modal.show(found));

function drawPlaces() {
  sidebar.draw();
  phone.draw();
  showNews();
}

/** Where the address says to be: channel, message, thread. */
function route() {
  const [channel, ts, thread] = decodeURIComponent(location.hash.slice(1)).split("/");
  return { channel: channel || home(), ts: ts || null, thread: thread || null };
}

function home() {
  const { channels, dms, browse } = store.sidebar;
  return (channels.find((one) => one.name === "general") ?? channels[0] ?? dms[0] ?? browse[0])?.id;
}

function leaveUnknown() {
  toast("That conversation is not there, or you cannot see it.");
  location.hash = home();
}

function go() {
  const { channel, ts, thread } = route();
  closeDrawer();
  if (channel !== store.channel) {
    const known = [...store.sidebar.channels, ...store.sidebar.dms].find((one) => one.id === channel);
    store.channel = channel;
    store.conversation = null;
    pane.enter(known?.unread ?? 0);
    drawPlaces();
  }
  if (thread !== store.thread) Object.assign(store, { thread, replies: null });
  target = ts;
  refreshConversation();
  refreshThread();
}

async function jump() {
  const wanted = target;
  if (!wanted) return;
  const found = store.thread ? panel.list.conversation && panel.list.jump(wanted) : await pane.jump(wanted);
  if (found && target === wanted) target = null;
}

const openThread = (ts) => {
  location.hash = `${store.channel}//${ts}`;
};

const closeThread = () => {
  location.hash = store.channel;
  pane.composer?.area.focus();
};

function openDrawer() {
  document.body.classList.add("drawer-open");
  $("scrim").hidden = false;
  $("sidebar").querySelector("button, a")?.focus();
}

function closeDrawer() {
  document.body.classList.remove("drawer-open");
  $("scrim").hidden = true;
}

function changed(change) {
  if (change.type === "conversation" && change.id === store.channel) {
    refreshConversation();
    if (store.thread) refreshThread();
  }
  if (change.type === "sidebar" || change.type === "conversation") refreshSidebar();
  if (change.type === "modal") {
    refreshModal();
    pane.home.look();
  }
  if (change.type === "clock") clock.take(change);
  if (change.type === "page_sound") notified(change.id);
  if (change.type === "phone") buzzed(change.id);
}

/** `which`: whose phone, and which text; nothing when phones were switched on or off. */
function buzzed(which) {
  refreshSidebar();
  if (!which) {
    phone.look();
    return;
  }
  const [whose] = which.split("/");
  phone.buzz(whose);
  if (whose) tour.heard(whose);
}

function notified(channel) {
  beep();
  missed(channel);
}

function refreshAll() {
  refreshSidebar();
  refreshConversation();
  refreshThread();
  refreshModal();
  phone.look();
}

function tick() {
  tickDown();
  if (clock.tick()) minute();
}

function minute() {
  refreshDates(document);
  for (const node of document.querySelectorAll("[data-zone]")) node.textContent = localTime({ tz: node.dataset.zone });
  sidebar.draw();
  phone.look();
  tour.look();
}

function whoLooks(people) {
  const named = new URLSearchParams(location.search).get("user");
  const wanted = named ?? sessionStorage.getItem(WHO);
  const found = people.find((one) => wanted === one.handle || wanted === one.id);
  if (named && !found) toast(`Nobody here is called ${named}.`);
  return found ?? people.find((one) => one.handle === store.world.team.begin) ?? people.find((one) => !one.deleted);
}

function listen() {
  window.addEventListener("hashchange", go);
  document.addEventListener("noted", () => {
    pane.draw();
    if (store.replies) panel.draw();
  });
  document.addEventListener("write", (event) => pane.write(event.detail));
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-person]");
    if (button) profile(button, button.dataset.person);
  });
  $("skip").addEventListener("click", (event) => {
    event.preventDefault();
    (pane.composer?.area ?? pane.list.node).focus();
  });
  $("scrim").addEventListener("click", closeDrawer);
  document.addEventListener("keydown", (event) => event.key === "Escape" && closeDrawer());
  listenToKeys({ inspect: () => inspector.toggle(), phone: () => phone.toggle() });
  setInterval(tick, TICK);
}

async function start() {
  store.world = await api.world();
  if (!store.world.people) {
    fill(document.body, h("p", { class: "broken", role: "alert" }, store.world.error ?? "The sandbox does not answer."));
    return;
  }
  store.story = await (await fetch("story.json")).json();
  store.viewer = whoLooks(store.world.people);
  sessionStorage.setItem(WHO, store.viewer.handle);
  setZone(store.viewer.tz);
  setClock(store.world.clock);
  if (performance.getEntriesByType("navigation")[0]?.type === "reload") await api.act("reload");
  store.sidebar = await api.sidebar();
  inspector = new Inspector($("inspector"));
  sidebar = new Sidebar($("sidebar"));
  phone = new Phone($("phone"));
  tour = new Tour($("tour"), { turn: (what) => inspector.switchboard.change(what), phone });
  clock = new ClockBar($("top"), { onMoved: tick, toggleInspector: () => inspector.toggle(), startTour: () => tour.start(), phone: phone.button });
  pane = new ConversationPane($("pane"), { openThread, openDrawer });
  panel = new ThreadPanel($("thread"), { close: closeThread });
  modal = new ModalHost();
  listen();
  go();
  tour.resume();
  api.stream(changed, (on) => {
    clock.connected(on);
    // Anything may have changed while nobody listened.
    if (on) refreshAll();
  });
}

start();
