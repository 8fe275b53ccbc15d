// The chunks of a long text: fetched where they come near the window, and in quiet moments until all are there, so that
// the browser's own search finds every word.

import { markCollected } from "./basket.js";
import { run } from "./api.js";

const NEAR = "1500px"; // from the window at which a chunk is wanted
const QUIET = 400; // milliseconds between two requests that nobody waits for
const MANY = 12; // chunks of a request
const GUESS = 1.1; // pixels of height a character, until one chunk has been seen

export class TextChunks {
  /**
   * @param {HTMLElement} full
   * @param {PageState} state
   */
  constructor(full, state) {
    this.full = full;
    this.state = state;
    this.name = "";
    /** @type {Set<number>} */
    this.wanted = new Set();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.later = undefined;
    this.seen = new IntersectionObserver(entries => this.near(entries), { root: full, rootMargin: NEAR });
  }

  /** Begin with another text; an empty name stands for none. @param {string} name */
  begin(name) {
    this.seen.disconnect();
    this.name = name;
    this.wanted.clear();
    clearTimeout(this.later);
    const empty = this.empty();
    if (!empty.length) return;
    const known = this.full.querySelector(".zj-chunk:not(:empty)");
    const ratio = known ? known.offsetHeight / known.dataset.size || GUESS : GUESS;
    for (const chunk of empty) {
      chunk.style.setProperty("--height", `${Math.round(chunk.dataset.size * ratio)}px`);
      this.seen.observe(chunk);
    }
    this.later = setTimeout(() => this.rest(), QUIET);
  }

  empty() { return [...this.full.querySelectorAll(".zj-chunk:empty")]; }

  /** @param {IntersectionObserverEntry[]} entries */
  near(entries) {
    const numbers = entries.filter(one => one.isIntersecting)
      .map(one => Number(/** @type {HTMLElement} */ (one.target).dataset.chunk));
    const fresh = numbers.filter(number => !this.wanted.has(number)).slice(0, MANY);
    if (!fresh.length) return;
    for (const number of fresh) this.wanted.add(number);
    this.fetch(fresh).catch(() => { for (const number of fresh) this.wanted.delete(number); });
  }

  /**
   * Fetch chunks by their numbers, or those around a passage.
   * @param {number[]} numbers
   * @param {string} passage
   */
  async fetch(numbers, passage = "") {
    const name = this.name;
    const found = await run("load_chunks", [name, numbers, passage, this.state.language]);
    if (this.name !== name || found.problem) return;
    for (const [number, html] of Object.entries(found.chunks)) {
      const chunk = this.full.querySelector(`.zj-chunk[data-chunk="${number}"]:empty`);
      if (!chunk) continue;
      this.seen.unobserve(chunk);
      chunk.innerHTML = html;
      markCollected(chunk, this.state);
    }
  }

  async rest() {
    const empty = this.empty().slice(0, MANY);
    if (!empty.length) return;
    const name = this.name;
    try {
      if (!document.hidden) await this.fetch(empty.map(chunk => Number(chunk.dataset.chunk)));
    } catch { return; } // the program is gone; what comes near the window is asked for again
    if (this.name === name) this.later = setTimeout(() => this.rest(), QUIET);
  }
}
