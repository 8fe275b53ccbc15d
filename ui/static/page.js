// The page: takes over the frame that the server rendered, follows the address, and hands clicks and keys to its parts.

import { go, here, onChange } from "./address.js";
import { collecting, marked as markCollected } from "./basket.js";
import { watching } from "./basket_view.js";
import { copying } from "./copy.js";
import { closest } from "./dom.js";
import { exporting } from "./export.js";
import { keys } from "./keys.js";
import { peeking } from "./preview.js";
import { recent, remember } from "./recent.js";
import { isAbort, run } from "./api.js";
import { Reader } from "./text.js";
import { say, tell, trouble, unsay } from "./notices.js";
import { views } from "./views.js";
import { pointing } from "./explain.js";

const WIDE = matchMedia("(min-width: 1100px)");
const EVERY = 3000; // milliseconds between two looks whether there is another index; a kilobyte each

/** @type {PageState} */
export const state = {
  language: "", say: {}, welcome: "", pending: null,
  root: /** @type {any} */ (null), reader: /** @type {any} */ (null), // until the frame is adopted
  asked: "", // the question as the address last gave it: what differs in the box has been typed since
  shown: null, // which view stands in the middle, and for what
  hits: [],
  beside: "", // the passage that is read beside what is shown, unless the address names another one
  generation: "", // of the index that the visitor knows of
  live: "", // of the index that answers now
  seen: "", // last reply of /pulse
  answerOf: "", // of the index that the answer shown is from
};

/** @param {string} selector */
const find = selector => state.root.querySelector(selector);

/**
 * Adopt a frame as the server rendered it: read its state, wire its parts, and show what the address says.
 * @param {any} root
 */
async function adopt(root) {
  const { language, words, generation } = root.dataset;
  Object.assign(state, {
    root, language, say: JSON.parse(words), generation, live: generation, asked: "", answerOf: "", hits: [], beside: "",
  });
  state.shown = key(views.welcome, here());
  state.welcome = find("#zj-answers").innerHTML;
  state.reader = new Reader(state);
  wireBox();
  recent(state, ask);
  markCollected(root, state);
  await follow(here());
}

/** Show the page in another language, and keep the choice for the next visits. @param {string} language */
async function switchTo(language) {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API needs https
  document.cookie = `zj-language=${language}; path=/; max-age=31536000; samesite=lax`;
  const { p = "", d = "" } = here();
  const fresh = element((await run("enter", [language, p, d])).html);
  const typed = find("#zj-question").value;
  state.root.replaceWith(fresh);
  document.documentElement.lang = fresh.lang;
  if (typed) fresh.querySelector("#zj-question").value = typed;
  const adopted = adopt(fresh);
  document.title = state.say.name;
  await adopted;
}

/**
 * @param {string} html
 * @returns {any}
 */
function element(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}

/** Show what an address says: the view, then the passage in its text. @param {AddressParameters} parameters */
async function follow(parameters) {
  const box = find("#zj-question");
  if (box.value === state.asked) box.value = parameters.q ?? "";
  state.asked = parameters.q ?? "";
  for (const one of state.root.querySelectorAll("#zj-in input")) one.checked = parameters.in.includes(one.value);
  chosen();
  current(parameters.view);
  try {
    await fill(parameters);
    await reveal(here());
  } catch (error) {
    trouble(error, state);
  }
}

/** @param {AddressParameters} parameters */
async function fill(parameters) {
  const view = views[parameters.view ?? (parameters.q ? "ask" : "welcome")] ?? views.unknown;
  const wanted = key(view, parameters);
  state.pending?.abort(); // also where it is shown already: what is still on its way must not take its place
  if (wanted === state.shown) return;
  const pending = new AbortController();
  state.pending = pending;
  const region = find("#zj-answers");
  const late = setTimeout(() => { region.classList.add("zj-waiting"); say(state.say.searching); }, 250);
  try {
    const found = await view.load(parameters, state, pending.signal);
    if (pending.signal.aborted) return;
    state.shown = wanted;
    put(region, found);
    state.answerOf = view.name === "ask" && !found.problem ? found.generation : "";
    if (state.answerOf) await known(found.generation);
    await view.after?.(region, found, state);
    if (view.name === "ask") leaveBox(parameters.q, region);
    if (found.place && !parameters.p) go({ ...here(), p: found.place }, { replace: true });
    else if (WIDE.matches && state.beside && !parameters.p) await state.reader.open(state.beside, { quiet: true });
  } catch (error) {
    if (!isAbort(error)) throw error;
  } finally {
    clearTimeout(late);
    unsay(state.say.searching);
    if (state.pending === pending) region.classList.remove("zj-waiting");
  }
}

/**
 * Return the key of a view and its parameters; with the same key nothing is loaded again.
 * @param {View} view
 * @param {AddressParameters} parameters
 */
const key = (view, parameters) => JSON.stringify([view.name, view.needs.map(name => parameters[name]), state.language]);

/**
 * Put a reply into the middle and remove the marks of the previous one.
 * @param {HTMLElement} region
 * @param {Reply} found
 */
function put(region, found) {
  region.innerHTML = found.html;
  region.scrollTop = 0;
  if (region.getBoundingClientRect().top < 0) region.scrollIntoView(); // low windows scroll the page
  state.hits = found.hits ?? [];
  state.beside = found.answered ? state.hits[0] : found.source ?? "";
  state.reader.unmark();
  count(found.counts ?? {});
  markCollected(region, state);
}

/**
 * Move the focus from the box to the answers, where the keys work, unless something else has been typed since.
 * @param {string} question
 * @param {HTMLElement} region
 */
function leaveBox(question, region) {
  const box = find("#zj-question");
  if (document.activeElement === box && box.value.trim() === question) region.focus({ preventScroll: true });
}

/** @param {AddressParameters} parameters */
async function reveal(parameters) {
  if (parameters.p) await state.reader.open(parameters.p);
  else if (parameters.d) await state.reader.load(parameters.d);
}

/** Note that the visitor has seen an answer of a generation, which needs no notice any more. @param {string} generation */
async function known(generation) {
  if (state.generation === generation && !find("#zj-told").firstChild) return;
  state.generation = generation;
  await news();
}

/** Tells what there is to tell of the index; where it is another one, outline and documents are its own. */
async function news() {
  const { generation } = await tell(state);
  if (generation === state.live) return;
  state.live = generation;
  const entered = element((await run("enter", [state.language, "", ""])).html);
  for (const part of ["#zj-outline", "#zj-in", "#zj-examples", "#zj-document"]) {
    const fresh = entered.querySelector(part);
    if (!fresh || !find(part)) continue;
    const place = find(part), value = place.value;
    place.hidden = fresh.hidden;
    place.replaceChildren(...fresh.childNodes);
    if (place.matches("select")) place.value = value; // else the last option that was moved is chosen
  }
  chosen();
}

/** @param {Record<string, number>} counts by node of the outline */
function count(counts) {
  for (const place of state.root.querySelectorAll("[data-node]")) {
    const found = counts[place.dataset.node];
    place.textContent = found ?? "";
    place.title = found ? state.say.hitsHere.replace("{count}", String(found)) : "";
    if (found) place.closest("details.zj-tree").open = true;
  }
}

/** Ask a question. @param {string} question */
export function ask(question) {
  if (question !== state.asked || !find("#zj-question").value) find("#zj-question").value = question;
  remember(question);
  recent(state, ask);
  narrow("answers");
  const documents = picked();
  state.asked = question;
  if (here().q === question) state.shown = null; // asked again: the index may be another one
  if (question.trim()) go({ q: question, in: documents });
  else views.empty.load(here(), state).then(found => { state.shown = null; put(find("#zj-answers"), found); }, error => trouble(error, state));
}

function wireBox() {
  const box = find("#zj-question");
  find("#zj-ask").addEventListener("submit", (/** @type {Event} */ event) => { event.preventDefault(); ask(box.value.trim()); });
  box.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    // 229 is what a key is while an input method composes, in browsers that end the composition before the key.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    ask(box.value.trim());
  });
  find("#zj-in")?.addEventListener("change", () => {
    chosen();
    if (here().q) ask(here().q);
    else if (views[here().view]?.needs.includes("in")) go({ ...here(), in: picked() });
  });
}

const picked = () => [...state.root.querySelectorAll("#zj-in input:checked")].map(one => one.value);

function chosen() {
  const details = find("#zj-in");
  if (!details) return;
  const names = [...details.querySelectorAll("input:checked")].map(one => one.parentElement.textContent.trim());
  find("#zj-chosen").textContent = names.length ? names.join(", ") : details.dataset.all;
}

/** @param {string | undefined} view */
function current(view) {
  for (const entry of state.root.querySelectorAll("#zj-views [data-view]")) {
    if (entry.dataset.view === view) entry.setAttribute("aria-current", "page");
    else entry.removeAttribute("aria-current");
  }
  const entry = find(`#zj-views [data-view="${CSS.escape(view ?? "")}"]`);
  const name = view === "related" ? state.say.related : entry?.firstChild.textContent.trim();
  find("#zj-tabs [data-region=answers]").textContent = name ?? find("#zj-answers").ariaLabel;
}

/** Choose the region that a narrow window shows. @param {string} region */
export function narrow(region) {
  state.root.dataset.region = region;
  for (const tab of state.root.querySelectorAll("#zj-tabs [role=tab]")) {
    tab.setAttribute("aria-selected", String(tab.dataset.region === region));
  }
}

/** Switch a narrow window to another region; in that of the text there is always something to read. @param {string} region */
function turnTo(region) {
  narrow(region);
  if (region !== "text") return;
  const { p, d } = here();
  const beside = p || d ? "" : state.beside;
  state.reader.appear(beside).catch(error => trouble(error, state));
}

/** @param {MouseEvent} event */
function clicked(event) {
  const at = closest(event, "a, button");
  if (!at || !state.root.contains(at) || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (at.dataset.language) switchTo(at.dataset.language).catch(error => trouble(error, state));
  else if (at.dataset.region) turnTo(at.dataset.region);
  else if (at.dataset.ask) ask(at.dataset.ask);
  else if (at.id === "zj-help-button") find("#zj-help").showModal();
  else if (at.id === "zj-again") ask(here().q);
  else if (at.tagName === "A" && at.getAttribute("href") === "#") event.preventDefault();
  else if (at.tagName === "A" && at.getAttribute("href").startsWith("?")) {
    event.preventDefault();
    visitLink(at);
  }
}

/** Follow a link within the page: a passage is opened beside the view, a view replaces it. @param {HTMLAnchorElement} at */
function visitLink(at) {
  const target = here(at.getAttribute("href") ?? "");
  const stays = (target.p || target.d) && !target.view && !target.q;
  go(stays ? { ...here(), p: target.p, d: target.d } : { ...target, in: target.in.length ? target.in : here().in });
  narrow(stays ? "text" : "answers");
}

async function look() {
  if (!document.hidden && state.generation) {
    try {
      const reply = await fetch("/pulse", { cache: "no-store" });
      const seen = reply.ok ? await reply.text() : state.seen;
      if (seen !== state.seen) {
        state.seen = seen;
        await news();
      }
    } catch { /* the program was stopped; what is typed stays, and the next look may find it again */ }
  }
  setTimeout(look, EVERY);
}

function start() {
  document.addEventListener("click", clicked);
  onChange(follow);
  addEventListener("popstate", () => narrow(here().p || here().d ? "text" : "answers"));
  copying(state);
  collecting(state);
  watching(state);
  exporting(state);
  peeking(state);
  pointing(state);
  keys(state, { narrow });
  adopt(document.getElementById("zj-page")).then(look, error => trouble(error, state));
  const { p, q, view } = here();
  if (WIDE.matches && !p && !q && !view) find("#zj-question").focus({ preventScroll: true });
}

start();
