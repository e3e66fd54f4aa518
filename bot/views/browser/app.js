// The pages work without this. With it they stay current while they are open, and their times go on.
"use strict";

const UNITS = [[86400, "d"], [3600, "h"], [60, "min"]];

function lasting(seconds) {
  if (seconds < 60) return `${Math.max(0, Math.floor(seconds))} s`;
  let left = Math.floor(seconds);
  const parts = UNITS.map(([size, unit]) => {
    const count = Math.floor(left / size);
    left %= size;
    return [count, unit];
  });
  const first = parts.findIndex(([count]) => count);
  return parts.slice(first, first + 2).filter(([count]) => count).map((one) => one.join(" ")).join(" ");
}

// The server's clock counts: this machine's may be wrong.
let ahead = 0;

function setClock() {
  const asof = live.querySelector(".asof time");
  if (asof) ahead = Date.parse(asof.dateTime) - Date.now();
}

function tick() {
  const now = (Date.now() + ahead) / 1000;
  for (const one of document.querySelectorAll("[data-since]")) {
    one.textContent = lasting(now - Date.parse(one.dataset.since) / 1000);
  }
  for (const one of document.querySelectorAll("[data-due]")) {
    const left = Date.parse(one.dataset.due) / 1000 - now;
    one.textContent = left > 0 ? `Update due in ${lasting(left)}` : `Update overdue by ${lasting(-left)}`;
    one.classList.toggle("bad", left <= 0);
  }
}

const live = document.getElementById("live");
const lost = document.getElementById("lost");
let asking = false, again = false;

async function refresh() {
  if (asking) { again = true; return; }
  asking = true;
  try {
    const answer = await fetch(location.href, { redirect: "manual", cache: "no-store" });
    if (answer.type === "opaqueredirect" || answer.status === 404 || answer.status === 403) {
      location.reload();
      return;
    }
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("live");
      const focused = live.contains(document.activeElement) && document.activeElement.getAttribute("href");
      if (fresh) live.replaceChildren(...fresh.childNodes);
      setClock();
      if (focused) live.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
      tick();
    }
  } catch { /* the stream says when it is back */ }
  asking = false;
  if (again) { again = false; refresh(); }
}

// A browser opens six connections to a server at most, and each stream holds one. So only a page that somebody
// can see has one: else the seventh board in a browser would wait for ever.
let stream = null;

function listen() {
  if (stream || document.hidden) return;
  const opened = stream = new EventSource(live.dataset.live);
  stream.onopen = () => { lost.textContent = ""; };
  stream.onerror = () => {
    lost.textContent = "The connection is lost: this may be old. It is tried again by itself.";
    if (opened.readyState !== EventSource.CLOSED) return;
    if (stream === opened) stream = null;
    setTimeout(seen, 15000);
  };
  // All who read hear of a change one after another, and ask at once.
  stream.addEventListener("changed", refresh);
  stream.addEventListener("over", () => location.reload());
}

function seen() {
  if (document.hidden) {
    stream?.close();
    stream = null;
  } else if (!stream) {
    refresh();
    listen();
  }
}

if (live) {
  setClock();
  listen();
  document.addEventListener("visibilitychange", seen);
  setInterval(tick, 5000);
}
