// Many questions: the page asks block after block, and goes on while other views are shown, until it is stopped.

import { base, go, here } from "./address.js";
import { closest } from "./dom.js";
import { download } from "./export.js";
import { run } from "./api.js";
import { toast, showError } from "./notices.js";

const LATER = 2000; // milliseconds until a batch asks again that had no turn
/** @type {Set<string>} */
const running = new Set(); // names of the batches that go on
/** @type {Map<string, number>} */
const answered = new Map(); // numbers of answered questions by batch

/** @type {View} */
export const batch = {
  name: "batch",
  needs: ["job"],
  load: (given, state, signal) => run("batch", [given.job ?? "", state.language], signal),
  after: (region, _, state) => {
    const form = region.querySelector("#zj-batch-form");
    form?.addEventListener("submit", (/** @type {Event} */ event) => {
      event.preventDefault();
      begin(form, state).catch(error => showError(error, state));
    });
    form?.elements.file.addEventListener("change", () => {
      form.querySelector("#zj-batch-file").textContent = form.elements.file.files[0]?.name ?? "";
    });
    const panel = region.querySelector("[data-job]");
    if (panel) wire(panel, state);
  },
};

/**
 * @param {any} form
 * @param {PageState} state
 */
async function begin(form, state) {
  const notices = form.querySelector(".zj-batch-notices");
  notices.replaceChildren();
  const file = form.elements.file.files[0] ?? new File([form.elements.text.value], "questions.txt");
  if (file.size > form.dataset.maxFileKb * 1000) { notices.textContent = form.dataset.tooBig; return; }
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  try {
    const data = await inBase64(file);
    const k = Number(form.elements.k.value);
    const begun = await run("batch_begin", [file.name, data, here().in, k, state.language]);
    if (begun.problem) { notices.innerHTML = begun.html; return; }
    advance(begun.job, state);
    go({ view: "batch", job: begun.job, in: here().in });
  } finally {
    button.disabled = false;
  }
}

/**
 * @param {File} file
 * @returns {Promise<string>}
 */
function inBase64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ""));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

/**
 * @param {HTMLElement} panel
 * @param {PageState} state
 */
function wire(panel, state) {
  const { job = "" } = panel.dataset;
  panel.querySelector(".zj-batch-go").addEventListener("click", () => {
    if (running.delete(job)) showState(panel);
    else advance(job, state);
  });
  panel.addEventListener("click", event => {
    const button = closest(event, "[data-table]");
    if (!button) return;
    const wide = /** @type {any} */ (panel.querySelector("[name=wide]")).checked;
    const file = run("batch_file", [panel.dataset.job, button.dataset.table, wide, state.language, base()]);
    download(button, file, panel.querySelector(".zj-batch-notices"), state);
  });
  showState(panel);
  if (Number(panel.dataset.done) < (answered.get(job) ?? 0)) reload(panel, state).catch(error => showError(error, state));
}

/**
 * Ask until all questions are answered or the batch is stopped.
 * @param {string} job
 * @param {PageState} state
 */
async function advance(job, state) {
  if (running.has(job)) return;
  running.add(job);
  const shown = () => state.root.querySelector(`[data-job="${CSS.escape(job)}"]`);
  if (shown()) showState(shown());
  /** @type {{at: number, from: number | null}} */
  const begun = { at: performance.now(), from: null };
  try {
    while (running.has(job)) {
      const found = await run("batch_next", [job, state.language]);
      if (found.problem) {
        running.delete(job);
        if (shown()) shown().querySelector(".zj-batch-notices").innerHTML = found.html;
      } else if (found.again) await new Promise(resolve => { setTimeout(resolve, LATER); });
      else {
        begun.from ??= found.first;
        if (found.done === found.total) running.delete(job);
        answered.set(job, found.done);
        if (shown()) {
          if (Number(shown().dataset.done) === found.first) show(shown(), found, begun);
          else await reload(shown(), state);
        }
      }
    }
  } catch (error) {
    running.delete(job);
    showError(error, state);
  }
  if (shown()) showState(shown());
}

/**
 * Load a batch's view anew: blocks were answered after the server rendered it and before the browser showed it.
 * @param {HTMLElement} panel
 * @param {PageState} state
 */
async function reload(panel, state) {
  const view = await run("batch", [panel.dataset.job, state.language]);
  const holder = document.createElement("template");
  holder.innerHTML = view.html;
  const fresh = /** @type {HTMLElement} */ (holder.content.querySelector("[data-job]"));
  panel.replaceWith(fresh);
  wire(fresh, state);
}

/**
 * @param {any} panel
 * @param {Reply} found
 * @param {{at: number, from: number | null}} begun
 */
function show(panel, found, begun) {
  const body = panel.querySelector("tbody");
  body.insertAdjacentHTML("beforeend", found.rows);
  panel.dataset.done = found.done;
  panel.querySelector("progress").value = found.done;
  panel.querySelector(".zj-batch-done").textContent = found.progress;
  panel.querySelector(".zj-batch-summary").textContent = found.summary;
  const each = (performance.now() - begun.at) / 1000 / Math.max(1, found.done - (begun.from ?? 0));
  const left = Math.ceil(each * (found.total - found.done));
  const [words, count] = left < 90 ? [panel.dataset.seconds, left] : [panel.dataset.minutes, Math.ceil(left / 60)];
  panel.querySelector(".zj-batch-left").textContent = left ? words.replace("{count}", String(count)) : "";
  for (const button of panel.querySelectorAll("[data-table]")) button.disabled = false;
  if (!left) toast(panel.dataset.ended);
}

/** Show whether a batch is running, stopped or finished. @param {HTMLElement} panel */
function showState(panel) {
  const button = panel.querySelector(".zj-batch-go");
  const on = running.has(panel.dataset.job ?? "");
  button.textContent = on ? button.dataset.stop : panel.dataset.go;
  button.hidden = panel.dataset.done === panel.dataset.total;
  if (!on) panel.querySelector(".zj-batch-left").textContent = "";
}
