// Slack's ways of writing a time, in the viewer's zone and by the sandbox's clock.

let zone = "UTC";
let base = Date.now();
let measured = performance.now();
let speed = 1;

export function setZone(name) {
  zone = name;
}

/** Take over the sandbox's time (ISO text) and pace, 0 when it stands. Until the next one the page counts seconds itself. */
export function setClock(iso, pace = speed) {
  base = Date.parse(iso);
  measured = performance.now();
  speed = pace;
}

export function now() {
  return base + (performance.now() - measured) * speed;
}

export const epoch = (ts) => Number(ts) * 1000;

function format(moment, options, timeZone = zone) {
  return new Intl.DateTimeFormat("en-US", { timeZone, ...options }).format(moment);
}

function part(moment, options) {
  return format(moment, { numberingSystem: "latn", ...options });
}

/** YYYY-MM-DD in the viewer's zone. */
export function day(moment, timeZone = zone) {
  return new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(moment);
}

export function time(moment, timeZone = zone) {
  return format(moment, { hour: "numeric", minute: "2-digit" }, timeZone).replace("\u202f", " ");
}

/** "9:00 AM in Lisbon", for somebody there. */
export function localTime(who) {
  return `${time(now(), who.tz)} in ${who.tz.split("/").at(-1).replaceAll("_", " ")}`;
}

export function timeWithSeconds(moment) {
  return format(moment, { hour: "numeric", minute: "2-digit", second: "2-digit" }).replace("\u202f", " ");
}

function ordinal(n) {
  const suffix = n % 100 > 10 && n % 100 < 14 ? "th" : { 1: "st", 2: "nd", 3: "rd" }[n % 10] ?? "th";
  return `${n}${suffix}`;
}

function monthDay(moment) {
  return `${part(moment, { month: "long" })} ${ordinal(Number(part(moment, { day: "numeric" })))}`;
}

const date = (moment) => `${monthDay(moment)}, ${part(moment, { year: "numeric" })}`;
const dateLong = (moment) => `${part(moment, { weekday: "long" })}, ${date(moment)}`;
const dateShort = (moment) => format(moment, { month: "short", day: "numeric", year: "numeric" });

const DAY = 86_400_000;

/** "today", "yesterday", "tomorrow", or null. */
function nearby(moment) {
  const its = day(moment);
  const names = { today: 0, yesterday: -DAY, tomorrow: DAY };
  return Object.keys(names).find((name) => day(now() + names[name]) === its) ?? null;
}

/** What a divider between days says. */
export function dayName(moment) {
  const near = nearby(moment);
  if (near) return near[0].toUpperCase() + near.slice(1);
  const sameYear = part(moment, { year: "numeric" }) === part(now(), { year: "numeric" });
  return sameYear ? `${part(moment, { weekday: "long" })}, ${monthDay(moment)}` : dateLong(moment);
}

export const full = (moment) => `${dayName(moment)} at ${timeWithSeconds(moment)}`;

/** "today at 2:15 PM" */
export function relative(moment) {
  return `${nearby(moment) ?? dateShort(moment)} at ${time(moment)}`;
}

function ago(moment) {
  const seconds = Math.round((now() - moment) / 1000);
  const size = Math.abs(seconds);
  const [n, unit] = size < 60 ? [size, "second"] : size < 3600 ? [Math.floor(size / 60), "minute"]
    : size < 86_400 ? [Math.floor(size / 3600), "hour"] : [Math.floor(size / 86_400), "day"];
  const words = `${n} ${unit}${n === 1 ? "" : "s"}`;
  return seconds < 0 ? `in ${words}` : `${words} ago`;
}

const TOKENS = {
  date_num: (moment) => day(moment),
  date,
  date_slash: (moment) => format(moment, { year: "numeric", month: "2-digit", day: "2-digit" }),
  date_short: dateShort,
  date_long: dateLong,
  date_pretty: (moment) => nearby(moment) ?? date(moment),
  date_short_pretty: (moment) => nearby(moment) ?? dateShort(moment),
  date_long_pretty: (moment) => nearby(moment) ?? dateLong(moment),
  day_divider_pretty: (moment) => nearby(moment) ?? `${part(moment, { weekday: "long" })}, ${monthDay(moment)}`,
  time: (moment) => time(moment),
  time_secs: timeWithSeconds,
  ago,
};

/** A `<!date^...>` format filled in; null when it holds a token Slack does not know. */
export function fillDate(seconds, pattern) {
  let known = Number.isFinite(seconds);
  const moment = seconds * 1000;
  const text = pattern.replace(/\{(\w+)\}/g, (whole, name) => {
    if (!TOKENS[name]) known = false;
    return known ? TOKENS[name](moment) : whole;
  });
  return known ? text : null;
}

/** "2026-11-23T14:05" on the viewer's wall. */
export function wall(moment) {
  const clock = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" }).format(moment);
  return `${day(moment)}T${clock}`;
}

/** The instant at which the viewer's wall shows `text`, in milliseconds. */
export function fromWall(text) {
  const meant = Date.parse(`${text}:00Z`);
  const shown = (moment) => Date.parse(`${wall(moment)}:00Z`);
  const first = meant - (shown(meant) - meant);
  return first - (shown(first) - meant);
}
