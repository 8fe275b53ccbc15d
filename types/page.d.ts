// Shapes that several scripts of the page share. tsc checks the scripts (make check-page); they are served as they are.

/** Parameters of the address: strings by name, and the documents to search. */
type AddressParameters = Record<string, any> & { in: string[] };

/** Result of a handler: HTML, whether it is a problem, and keys of its own. */
interface Reply {
  html: string;
  problem?: boolean;
  [key: string]: any;
}

/** A file for the browser to save: name, media type, and bytes in base64. */
interface Download {
  name: string;
  type: string;
  data: string;
}

/** A view in the middle of the page: the parameters that it depends on, and functions that load and wire it. */
interface View {
  name: string;
  needs: string[];
  load(given: AddressParameters, state: PageState, signal?: AbortSignal): Promise<Reply>;
  after?(region: HTMLElement, found: Reply, state: PageState): void | Promise<void>;
}

interface PageState {
  language: string;
  words: Record<string, string>; // words of the page
  welcome: string;
  root: HTMLElement;
  reader: import("../ui/static/text.js").Reader;
  pending: AbortController | null;
  asked: string; // the question of the address; if the box differs, something has been typed since
  shown: string | null; // key of the view and its parameters
  hits: string[];
  beside: string; // the passage to read beside the view, unless the address names another
  generation: string; // of the index that the visitor knows of
  live: string; // of the index that answers now
  answerOf: string; // of the index that the shown answer is from
  seen: string; // reply of /pulse that the page was last updated after
  refreshed: Promise<void>; // the last update of the page
}

/** A passage that the reader collected. */
interface Collected {
  passage: string;
  question: string;
  citation: string;
  text: string;
  marked: string[];
  note: string;
}

// The kind of an element found by a selector depends on HTML that the server renders, so such elements are not checked.
interface ParentNode {
  querySelector(selectors: string): any;
  querySelectorAll(selectors: string): NodeListOf<any>;
}
interface Element {
  closest(selectors: string): any;
}
interface Document {
  getElementById(id: string): any;
}
