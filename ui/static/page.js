// The page: takes over the frame that the server rendered, follows the address, and hands clicks and keys to its parts.

import { go, here, onChange } from "./address.js";
import { wireCollecting, markCollected } from "./basket.js";
import { watchBasket } from "./basket_view.js";
import { wireCopying } from "./copy.js";
import { closest } from "./dom.js";
import { wireExports } from "./export.js";
import { keys } from "./keys.js";
import { wirePreviews } from "./preview.js";
import { recent, remember } from "./recent.js";
import { isAbort, run } from "./api.js";
import { Reader } from "./text.js";
import { toast, updateNotices, showError, dismiss } from "./notices.js";
import { views } from "./views.js";
import { wireMatches } from "./explain.js";

const WIDE = matchMedia("(min-width: 1100px)");
const EVERY = 5000; // milliseconds between two looks whether there is another index; a kilobyte each

/** @type {PageState} */
export const state = {
  language: "", words: {}, welcome: "", pending: null,
  root: /** @type {any} */ (null), reader: /** @type {any} */ (null), // until the frame is adopted
  asked: "", // the question as the address last gave it: what differs in the box has been typed since
  shown: null, // which view stands in the middle, and for what
  hits: [],
  beside: "", // the passage that is read beside what is shown, unless the address names another one
  generation: "", // of the index that the visitor knows of
  live: "", // of the index that answers now
  seen: "", // reply of /pulse that the page was last updated after
  refreshed: Promise.resolve(), // the last update of the page
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
    root, language, words: JSON.parse(words), generation, live: generation, asked: "", answerOf: "", hits: [], beside: "",
  });
  state.shown = key(views.welcome, here());
  state.welcome = find("#zj-answers").innerHTML;
  state.reader = new Reader(state);
  wireBox();
  recent(state, ask);
  markCollected(root, state);
  await showAddress(here());
}

/** Show the page in another language, and keep the choice for the next visits. @param {string} language */
async function switchTo(language) {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API needs https
  document.cookie = `zj-language=${language}; path=/; max-age=31536000; samesite=lax`;
  const { p = "", d = "" } = here();
  const fresh = element((await run("load_frame", [language, p, d])).html);
  const typed = find("#zj-question").value;
  state.root.replaceWith(fresh);
  document.documentElement.lang = fresh.lang;
  if (typed) fresh.querySelector("#zj-question").value = typed;
  const adopted = adopt(fresh);
  document.title = state.words.name;
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
async function showAddress(parameters) {
  const box = find("#zj-question");
  if (box.value === state.asked) box.value = parameters.q ?? "";
  state.asked = parameters.q ?? "";
  for (const one of state.root.querySelectorAll("#zj-in input")) one.checked = parameters.in.includes(one.value);
  showChosen();
  markView(parameters.view);
  try {
    await showView(parameters);
    await openText(here());
  } catch (error) {
    showError(error, state);
  }
}

/** @param {AddressParameters} parameters */
async function showView(parameters) {
  const view = views[parameters.view ?? (parameters.q ? "ask" : "welcome")] ?? views.unknown;
  const wanted = key(view, parameters);
  state.pending?.abort(); // also where it is shown already: what is still on its way must not take its place
  if (wanted === state.shown) return;
  const pending = new AbortController();
  state.pending = pending;
  const region = find("#zj-answers");
  const late = setTimeout(() => { region.classList.add("zj-waiting"); toast(state.words.searching); }, 250);
  try {
    const found = await view.load(parameters, state, pending.signal);
    if (pending.signal.aborted) return;
    state.shown = wanted;
    showReply(region, found);
    state.answerOf = view.name === "ask" && !found.problem ? found.generation : "";
    if (state.answerOf) await acceptGeneration(found.generation);
    await view.after?.(region, found, state);
    if (view.name === "ask") focusAnswers(parameters.q, region);
    if (found.place && !parameters.p) go({ ...here(), p: found.place }, { replace: true });
    else if (WIDE.matches && state.beside && !parameters.p) await state.reader.open(state.beside, { quiet: true });
  } catch (error) {
    if (!isAbort(error)) throw error;
  } finally {
    clearTimeout(late);
    dismiss(state.words.searching);
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
function showReply(region, found) {
  region.innerHTML = found.html;
  region.scrollTop = 0;
  if (region.getBoundingClientRect().top < 0) region.scrollIntoView(); // low windows scroll the page
  state.hits = found.hits ?? [];
  state.beside = found.quoted ? state.hits[0] : found.source ?? "";
  state.reader.unmark();
  showCounts(found.counts ?? {});
  markCollected(region, state);
}

/**
 * Move the focus from the box to the answers, where the keys work, unless something else has been typed since.
 * @param {string} question
 * @param {HTMLElement} region
 */
function focusAnswers(question, region) {
  const box = find("#zj-question");
  if (document.activeElement === box && box.value.trim() === question) region.focus({ preventScroll: true });
}

/** @param {AddressParameters} parameters */
async function openText(parameters) {
  if (parameters.p) await state.reader.open(parameters.p);
  else if (parameters.d) await state.reader.load(parameters.d);
}

/** Note that the visitor has seen an answer of a generation, which needs no notice any more. @param {string} generation */
async function acceptGeneration(generation) {
  if (state.generation === generation && !find("#zj-notices").firstChild) return;
  state.generation = generation;
  await refresh();
}

/** Update the page after the updates that still run: else a reply that is late would undo a newer one. */
function refresh() {
  state.refreshed = state.refreshed.catch(() => {}).then(update);
  return state.refreshed;
}

/** Update the notices about the index; with a new generation, also outline and documents. */
async function update() {
  const { generation } = await updateNotices(state);
  if (generation === state.live) return;
  state.live = generation;
  const entered = element((await run("load_frame", [state.language, "", ""])).html);
  for (const part of ["#zj-outline", "#zj-in", "#zj-examples", "#zj-document"]) {
    const fresh = entered.querySelector(part);
    if (!fresh || !find(part)) continue;
    const place = find(part), value = place.value;
    place.hidden = fresh.hidden;
    place.replaceChildren(...fresh.childNodes);
    if (place.matches("select")) place.value = value; // else the last option that was moved is chosen
  }
  showChosen();
}

/** @param {Record<string, number>} counts by node of the outline */
function showCounts(counts) {
  for (const place of state.root.querySelectorAll("[data-node]")) {
    const found = counts[place.dataset.node];
    place.textContent = found ?? "";
    place.title = found ? state.words.hitsHere.replace("{count}", String(found)) : "";
    if (found) place.closest("details.zj-tree").open = true;
  }
}

/** Ask a question. @param {string} question */
export function ask(question) {
  if (question !== state.asked || !find("#zj-question").value) find("#zj-question").value = question;
  remember(question);
  recent(state, ask);
  showRegion("answers");
  const documents = chosenDocuments();
  state.asked = question;
  if (here().q === question) state.shown = null; // asked again: the index may be another one
  if (question.trim()) go({ q: question, in: documents });
  else views.empty.load(here(), state).then(found => { state.shown = null; showReply(find("#zj-answers"), found); }, error => showError(error, state));
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
    showChosen();
    if (here().q) ask(here().q);
    else if (views[here().view]?.needs.includes("in")) go({ ...here(), in: chosenDocuments() });
  });
}

const chosenDocuments = () => [...state.root.querySelectorAll("#zj-in input:checked")].map(one => one.value);

function showChosen() {
  const details = find("#zj-in");
  if (!details) return;
  const names = [...details.querySelectorAll("input:checked")].map(one => one.parentElement.textContent.trim());
  find("#zj-chosen").textContent = names.length ? names.join(", ") : details.dataset.all;
}

/** @param {string | undefined} view */
function markView(view) {
  for (const entry of state.root.querySelectorAll("#zj-views [data-view]")) {
    if (entry.dataset.view === view) entry.setAttribute("aria-current", "page");
    else entry.removeAttribute("aria-current");
  }
  const entry = find(`#zj-views [data-view="${CSS.escape(view ?? "")}"]`);
  const name = view === "related" ? state.words.related : entry?.firstChild.textContent.trim();
  find("#zj-tabs [data-region=answers]").textContent = name ?? find("#zj-answers").ariaLabel;
}

/** Choose the region that a narrow window shows. @param {string} region */
export function showRegion(region) {
  state.root.dataset.region = region;
  for (const tab of state.root.querySelectorAll("#zj-tabs [role=tab]")) {
    tab.setAttribute("aria-selected", String(tab.dataset.region === region));
  }
}

/** Switch a narrow window to another region; in that of the text there is always something to read. @param {string} region */
function openRegion(region) {
  showRegion(region);
  if (region !== "text") return;
  const { p, d } = here();
  const beside = p || d ? "" : state.beside;
  state.reader.appear(beside).catch(error => showError(error, state));
}

/** @param {MouseEvent} event */
function onClick(event) {
  const at = closest(event, "a, button");
  if (!at || !state.root.contains(at) || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (at.dataset.language) switchTo(at.dataset.language).catch(error => showError(error, state));
  else if (at.dataset.region) openRegion(at.dataset.region);
  else if (at.dataset.ask) ask(at.dataset.ask);
  else if (at.id === "zj-help-button") find("#zj-help").showModal();
  else if (at.id === "zj-again") ask(here().q);
  else if (at.tagName === "A" && at.getAttribute("href") === "#") event.preventDefault();
  else if (at.tagName === "A" && at.getAttribute("href").startsWith("?")) {
    event.preventDefault();
    followLink(at);
  }
}

/** Follow a link within the page: a passage is opened beside the view, a view replaces it. @param {HTMLAnchorElement} at */
function followLink(at) {
  const target = here(at.getAttribute("href") ?? "");
  const stays = (target.p || target.d) && !target.view && !target.q;
  go(stays ? { ...here(), p: target.p, d: target.d } : { ...target, in: target.in.length ? target.in : here().in });
  showRegion(stays ? "text" : "answers");
}

async function poll() {
  if (!document.hidden && state.generation) {
    try {
      const reply = await fetch("/pulse", { cache: "no-store" });
      const seen = reply.ok ? await reply.text() : state.seen;
      if (seen !== state.seen) {
        await refresh();
        state.seen = seen; // not before: what failed is tried again at the next look
      }
    } catch { /* the program was stopped; what is typed stays, and the next look may find it again */ }
  }
  setTimeout(poll, EVERY);
}

function start() {
  document.addEventListener("click", onClick);
  onChange(showAddress);
  addEventListener("popstate", () => showRegion(here().p || here().d ? "text" : "answers"));
  wireCopying(state);
  wireCollecting(state);
  watchBasket(state);
  wireExports(state);
  wirePreviews(state);
  wireMatches(state);
  keys(state, { showRegion });
  adopt(document.getElementById("zj-page")).then(poll, error => showError(error, state));
  const { p, q, view } = here();
  if (WIDE.matches && !p && !q && !view) find("#zj-question").focus({ preventScroll: true });
}

start();
