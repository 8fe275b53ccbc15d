// The library: files are sent one by one, then added together; what goes on is looked at until it has ended.

import { run, send } from "./api.js";
import { toast, showError } from "./notices.js";

const EVERY = 600; // milliseconds between two looks at what goes on

/**
 * Wire the view that was just put into the page.
 * @param {HTMLElement} region
 * @param {Reply} found
 * @param {PageState} state
 */
export function library(region, found, state) {
  const view = region.querySelector(".zj-library");
  if (!view) return;
  const form = view.querySelector("#zj-add");
  if (form) dropping(form, files => add(files, form, view, state));
  view.addEventListener("click", (/** @type {{target: HTMLElement}} */ event) => {
    const { remove, rebuild, cancel } = event.target.dataset;
    if (remove !== undefined) begin(run("library_remove", [remove, state.language]), view, state);
    else if (rebuild !== undefined) begin(run("library_rebuild", [state.language]), view, state);
    else if (cancel !== undefined) {
      const asking = event.target.closest("details");
      asking.open = false;
      asking.querySelector("summary").focus();
    }
  });
  state.generation = found.generation; // what is listed is seen; the next look takes back the notice of it
  state.seen = "";
  held(view, found.busy);
  if (found.busy) watch(view, state).catch(error => showError(error, state));
}

/**
 * Take files from the button and by dragging.
 * @param {HTMLElement} form
 * @param {(files: File[]) => void} take
 */
function dropping(form, take) {
  const picker = form.querySelector("input[type=file]");
  picker.addEventListener("change", () => { take([...picker.files]); picker.value = ""; });
  /** @param {DragEvent} event */
  const over = event => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = picker.disabled ? "none" : "copy";
    form.classList.toggle("zj-over", !picker.disabled);
  };
  form.addEventListener("dragenter", over);
  form.addEventListener("dragover", over);
  form.addEventListener("dragleave", event => { if (!form.contains(/** @type {Node | null} */ (event.relatedTarget))) form.classList.remove("zj-over"); });
  form.addEventListener("drop", event => {
    event.preventDefault();
    form.classList.remove("zj-over");
    if (!picker.disabled) take([...event.dataTransfer?.files ?? []]);
  });
}

/**
 * @param {File[]} files
 * @param {HTMLElement} form
 * @param {any} view
 * @param {PageState} state
 */
async function add(files, form, view, state) {
  const place = view.querySelector("#zj-work");
  /** @type {string[]} */
  const sent = [], refused = [];
  held(view, true);
  for (const file of files) {
    const why = unfit(file, form);
    if (why) { refused.push(paragraph(why)); continue; }
    /** @param {number} share */
    const show = share => sending(place, filled(form.dataset.sending, { name: file.name, percent: Math.floor(100 * share) }), share);
    show(0);
    try {
      const { token, html } = await send(`/library/files?${new URLSearchParams({ name: file.name, language: state.language })}`, file, show);
      if (token) sent.push(token);
      else refused.push(html);
    } catch (error) {
      showError(error, state);
      held(view, false);
      place.replaceChildren();
      return;
    }
  }
  place.innerHTML = refused.join("");
  if (!sent.length) {
    held(view, false);
    return;
  }
  toast(form.dataset.sent ?? "");
  view.refused = refused;
  await begin(run("library_add", [sent, state.language]), view, state);
}

/**
 * Return why a file need not be sent, or nothing: the server would refuse it, but only after receiving much of it.
 * @param {File} file
 * @param {HTMLElement} form
 */
function unfit(file, form) {
  const picker = form.querySelector("input[type=file]");
  const ending = file.name.includes(".") ? file.name.slice(file.name.lastIndexOf(".")).toLowerCase() : "";
  if (!picker.accept.split(",").includes(ending)) return filled(form.dataset.wrong, { name: file.name });
  if (!file.size) return filled(form.dataset.empty, { name: file.name });
  if (file.size > Number(form.dataset.most)) {
    return filled(form.dataset.larger, { name: file.name, size: Math.round(file.size / 1e6).toLocaleString("en") });
  }
  return "";
}

/**
 * @param {string | undefined} form
 * @param {Record<string, string | number>} parts
 */
const filled = (form, parts) =>
  (form ?? "").replace(/\{(\w+)\}/g, (whole, name) => String(parts[name] ?? whole));

/**
 * @param {HTMLElement} place
 * @param {string} text
 * @param {number} share of the file that was sent
 */
function sending(place, text, share) {
  let bar = place.querySelector(".zj-sending");
  if (!bar) {
    bar = document.createElement("div");
    bar.className = "zj-verdict zj-sending";
    bar.append(document.createElement("p"), Object.assign(document.createElement("progress"), { max: 1 }));
    place.replaceChildren(bar);
  }
  bar.firstChild.textContent = text;
  bar.lastChild.value = share;
}

/** @param {string} text */
function paragraph(text) {
  const whole = document.createElement("div");
  whole.className = "zj-verdict zj-problem";
  whole.setAttribute("role", "alert");
  whole.append(Object.assign(document.createElement("p"), { textContent: text }));
  return whole.outerHTML;
}

/**
 * Show that a requested change has begun, or why it has not.
 * @param {Promise<Reply>} asked
 * @param {any} view
 * @param {PageState} state
 */
async function begin(asked, view, state) {
  held(view, true);
  try {
    const found = await asked;
    show(found, view);
    if (found.problem) held(view, false);
    else await watch(view, state);
  } catch (error) {
    held(view, false);
    showError(error, state);
  }
}

/**
 * @param {Reply} found
 * @param {any} view
 */
function show(found, view) {
  const place = view.querySelector("#zj-work");
  place.innerHTML = (view.refused ?? []).join("") + found.html;
  if (found.problem) place.scrollIntoView({ block: "nearest" });
}

/**
 * Follow a change until it has ended or the view was left, then show the result.
 * @param {any} view
 * @param {PageState} state
 */
async function watch(view, state) {
  let step = "";
  while (view.isConnected) {
    const found = await run("library_work", [state.language]);
    if (!view.isConnected) return;
    show(found, view);
    if (found.step.replace(/\d/g, "") !== step) toast(found.step);
    step = found.step.replace(/\d/g, "");
    if (!found.busy) return fresh(view, state);
    await new Promise(resolve => setTimeout(resolve, EVERY));
  }
}

/**
 * @param {any} view
 * @param {PageState} state
 */
async function fresh(view, state) {
  const region = view.parentElement;
  const found = await run("library", [state.language]);
  if (!view.isConnected) return;
  region.innerHTML = found.html;
  const refused = (view.refused ?? []).join("");
  region.querySelector("#zj-work").insertAdjacentHTML("afterbegin", refused);
  toast(region.querySelector("#zj-work .zj-verdict-title")?.textContent ?? "");
  library(region, found, state);
}

/**
 * Keep other changes from being started while one is running.
 * @param {HTMLElement} view
 * @param {boolean} busy
 */
function held(view, busy) {
  for (const one of view.querySelectorAll("input[type=file], .zj-do")) one.disabled = busy;
  view.classList.toggle("zj-busy", busy);
}
