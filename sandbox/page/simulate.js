// The page of the rehearsal. The form stays as it was typed, and its address holds it: it can be opened again.

import * as api from "./api.js";
import { fill, h } from "./dom.js";
import { store } from "./store.js";

const form = document.getElementById("form");
const story = document.getElementById("story");
const typed = new URLSearchParams(location.search);

/** A field with its label, a hint, and a place for what is wrong with it. */
function field(name, label, input, hint = "") {
  input.id = name;
  input.name = name;
  input.setAttribute("aria-describedby", `${name}-hint ${name}-error`);
  if (typed.has(name)) input.value = typed.get(name);
  return h("div", { class: "input", "data-field": name },
    h("label", { class: "label", for: name }, label), input,
    h("p", { class: "hint", id: `${name}-hint` }, hint), h("p", { class: "error", id: `${name}-error` }));
}

const text = (value = "") => h("input", { class: "text-input", type: "text", autocomplete: "off", value });
const choice = (options, first) => h("select", { class: "text-input" }, options.map((one) => h("option", { value: one, selected: one === first }, one)));

function draw({ types, severities, roles }) {
  const { name, tz } = store.viewer;
  fill(form,
    field("type", "Type", choice(types, types[0])),
    field("severity", "Severity", choice(severities, "S1")),
    field("at", "When it is declared", text(), `03:10, tomorrow 03:10, fri 18:00 or 2026-12-25 03:10, on the clock of ${name} (${tz}). Empty is now.`),
    field("hours", "For how many hours", text("1"), "At most 24."),
    h("div", { class: "whole" },
      field("silent", "Who does not answer", text(), `Roles, teams or people, a comma between: ${roles.join(", ")}. The others answer after 2 minutes.`)),
    h("label", { class: "choice whole" }, h("input", { type: "checkbox", name: "nobody", value: "yes", checked: typed.has("nobody") }), "Nobody answers"),
    h("p", { class: "error whole", id: "all-error", role: "alert" }),
    h("div", { class: "whole" }, h("button", { class: "button primary", id: "go", type: "submit" }, h("span", {}, "Rehearse"))));
  form.addEventListener("submit", rehearse);
}

async function rehearse(event) {
  event.preventDefault();
  const asked = Object.fromEntries(new FormData(form));
  const go = document.getElementById("go");
  history.replaceState(null, "", `?${new URLSearchParams(asked)}`);
  go.disabled = true;
  go.classList.add("busy");
  fill(story, h("p", { role: "status" }, "Rehearsing …"));
  const answer = await api.simulate(asked);
  go.disabled = false;
  go.classList.remove("busy");
  complain(answer.wrong ?? (answer.error ? { "": answer.error } : {}));
  fill(story, answer.said ? tell(answer) : []);
  if (answer.said) story.scrollIntoView();
}

/** Say at each field what is wrong with it, and go to the first. */
function complain(wrong) {
  for (const node of form.querySelectorAll("[data-field]")) {
    const its = plain(wrong[node.dataset.field]);
    node.classList.toggle("wrong", Boolean(its));
    node.querySelector(".text-input").setAttribute("aria-invalid", String(Boolean(its)));
    fill(node.querySelector(".error"), its);
  }
  fill(document.getElementById("all-error"), plain(wrong[""]));
  form.querySelector(".wrong .text-input")?.focus();
}

const plain = (said = "") => said.replaceAll("`", "");

function tell({ opening, said, end, ending }) {
  const known = new Map();
  const rows = [];
  let [day, minute] = ["", ""];
  for (const one of [...said, { at: end, ending }]) {
    const [itsDay, itsMinute] = [one.at.slice(0, 10), one.at.slice(11, 16)];
    if (day && day !== itsDay) rows.push(h("li", { class: "story-day" }, itsDay));
    const time = day === itsDay && minute === itsMinute ? h("span") : h("time", { datetime: one.at }, itsMinute);
    rows.push(h("li", {}, time, h("div", {}, one.ending ? h("strong", {}, one.ending) : row(one, itsMinute, known))));
    [day, minute] = [itsDay, itsMinute];
  }
  return [h("h2", {}, "What would happen"), opening.split("\n").map((line) => h("p", {}, line)), h("ol", { class: "story" }, rows)];
}

/** Who, by what and why. The same words are not told again: they have the minute at which they were told first. */
function row({ to, by, text: words, why }, minute, known) {
  if (!by) return [h("strong", {}, to), ` ${words}`];
  const key = JSON.stringify([to, by, words]);
  const first = known.get(key);
  if (!first) known.set(key, minute);
  const head = h("p", {}, h("strong", {}, to), `, by ${by}${first && first !== minute ? `: as at ${first}` : ""}`);
  if (first && first !== minute) return head;
  return [head, h("p", {}, words), why ? h("p", { class: "quiet" }, `Why: ${why}`) : ""];
}

async function start() {
  const world = await api.world();
  const last = sessionStorage.getItem("sandbox-viewer");
  const people = world.people ?? [];
  store.viewer = people.find((one) => one.handle === last) ?? people.find((one) => one.handle === world.team.begin) ?? people[0];
  const found = store.viewer ? await api.simulation() : world;
  if (found.types) draw(found);
  else fill(form, h("p", { class: "error whole", role: "alert" }, plain(found.error)));
}

start();
