// The open text: one document at a time, a passage of it marked, its neighbours around it.

import { go, here } from "./address.js";
import { markCollected, toolbar } from "./basket.js";
import { TextChunks } from "./text_chunks.js";
import { run } from "./api.js";

export class Reader {
  /** @param {PageState} state */
  constructor(state) {
    this.state = state;
    this.document = ""; // which one is open, in which language and of which index
    this.passage = "";
    this.full = document.getElementById("zj-full");
    this.choice = document.getElementById("zj-document");
    /** @type {{at: HTMLElement, text: HTMLElement} | null} */
    this.before = null; // the marked passage as it was
    this.unseen = false; // whether it was marked while the text was not shown, and could not be scrolled to
    this.chunks = new TextChunks(this.full, state);
    this.choice.addEventListener("change", () => { if (this.choice.value) go({ ...here(), d: this.choice.value, p: "" }); });
    document.getElementById("zj-next").addEventListener("click", () => this.step(1));
    document.getElementById("zj-previous").addEventListener("click", () => this.step(-1));
    toolbar(this.full, state);
    const rendered = this.full.querySelector("[data-document]")?.dataset.document;
    if (rendered) this.opened(rendered);
  }

  /** @param {string} name */
  key(name) { return `${name} ${this.state.language} ${this.state.live}`; }

  /** Note that the text of a document is in the page. @param {string} name */
  opened(name) {
    this.document = this.key(name);
    this.choice.value = name;
    this.chunks.begin(name);
  }

  /**
   * Load a document unless it is open already; of a long one, the chunks around a passage.
   * @param {string} name
   * @param {string} passage
   */
  async load(name, passage = "") {
    if (this.document === this.key(name)) return true;
    this.full.setAttribute("aria-busy", "true");
    try {
      const text = await run("read_text", [name, passage, this.state.language]);
      this.full.innerHTML = text.html;
      this.before = null;
      this.passage = "";
      this.full.scrollTop = 0;
      this.showRank();
      if (text.problem) this.close();
      else this.opened(name);
      markCollected(this.full, this.state);
      return !text.problem;
    } finally {
      this.full.removeAttribute("aria-busy");
    }
  }

  /** No document is open. */
  close() {
    this.document = "";
    this.chunks.begin("");
  }

  /** The first document, so that there is something to read before anything is asked. */
  async first() {
    const name = [...this.choice.options].find(option => option.value)?.value;
    if (name) await this.load(name);
  }

  /**
   * Open a passage in its place.
   * @param {string} name
   * @param {{quiet?: boolean}} options `quiet` leaves the focus where it is
   */
  async open(name, { quiet = false } = {}) {
    let at = this.at(name);
    if (!at) {
      const found = await run("preview", [[name], this.state.language]);
      if (!found.document) { this.full.innerHTML = found.html; this.close(); return; }
      if (!await this.load(found.document, name)) return;
      if (!this.at(name)) await this.chunks.fetch([], name);
      at = this.at(name);
    }
    if (!at) return;
    this.mark(name, at);
    this.centre(at);
    if (!quiet) at.focus({ preventScroll: true });
    this.showRank();
  }

  /**
   * Show the text that has just come into view: the marked passage, else the one beside the answers, else its beginning.
   * @param {string} beside
   */
  async appear(beside) {
    if (this.passage && this.unseen) this.centre(this.at(this.passage));
    else if (!this.passage && beside) await this.open(beside, { quiet: true });
    else if (!this.document) await this.first();
  }

  /** @param {string} name */
  at(name) { return this.full.querySelector(`.zj-passage[data-passage="${CSS.escape(name)}"]`); }

  /**
   * Mark a passage like its card.
   * @param {string} name
   * @param {HTMLElement} at
   */
  mark(name, at) {
    this.unmark();
    const text = at.querySelector(".zj-text");
    const card = this.state.root.querySelector(`#zj-answers [data-passage="${CSS.escape(name)}"] .zj-text`);
    this.before = { at, text };
    if (card) text.replaceWith(card.cloneNode(true));
    else text.replaceWith(text.cloneNode(true));
    at.classList.add("zj-open");
    this.passage = name;
  }

  /** No passage is the open one any more. */
  unmark() {
    if (this.before) {
      this.before.at.classList.remove("zj-open");
      this.before.at.querySelector(".zj-text").replaceWith(this.before.text);
    }
    this.before = null;
    this.passage = "";
    this.showRank();
  }

  /**
   * Scroll to a passage, twice: the text between is laid out, and its height known, only when it is near.
   * @param {HTMLElement} at
   */
  centre(at) {
    this.unseen = !this.full.checkVisibility();
    const target = at.querySelector("mark") ?? at;
    target.scrollIntoView({ block: "center" });
    requestAnimationFrame(() => target.scrollIntoView({ block: "center" }));
  }

  /** Go to the next hit, or the one before. @param {number} by */
  step(by) {
    const { hits } = this.state;
    const at = hits.indexOf(this.passage);
    const next = hits[at < 0 ? 0 : at + by];
    if (next) go({ ...here(), p: next });
  }

  showRank() {
    const { hits, words } = this.state;
    const at = hits.indexOf(this.passage);
    document.getElementById("zj-next").disabled = !hits.length || at === hits.length - 1;
    document.getElementById("zj-previous").disabled = at <= 0;
    document.getElementById("zj-at").textContent =
      at < 0 ? "" : words.hitOf.replace("{rank}", String(at + 1)).replace("{count}", String(hits.length));
  }
}
