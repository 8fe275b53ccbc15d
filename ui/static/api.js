// Calls of the handlers by the names that they have in Gradio's API.

const API = "/gradio_api";

export class ApiError extends Error {
  /** @param {string} kind name of the page's words for it */
  constructor(kind) { super(kind); this.kind = kind; }
}

/**
 * @param {string} path
 * @param {RequestInit} options
 */
async function reply(path, options) {
  let answer;
  try {
    answer = await fetch(API + path, { credentials: "same-origin", ...options });
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ApiError("offline");
  }
  if (answer.status === 401) throw new ApiError("denied");
  if (answer.status === 413) throw new ApiError("tooLong");
  if (answer.status === 429 || answer.status === 503) throw new ApiError("busy");
  if (!answer.ok) throw new ApiError("offline");
  return answer;
}

/** Tell whether a request was given up. @param {unknown} error */
export const isAbort = error => error instanceof Error && error.name === "AbortError";

/**
 * @param {string} path
 * @param {unknown[]} data
 * @param {AbortSignal | null} signal
 */
const post = (path, data, signal) => reply(path, {
  method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ data }), signal,
});

/**
 * Return the reply of a handler.
 * @param {string} name
 * @param {unknown[]} data its arguments in order
 * @param {AbortSignal | null} signal
 * @returns {Promise<Reply>}
 */
export async function run(name, data, signal = null) {
  return (await (await post(`/run/${name}`, data, signal)).json()).data[0];
}

/**
 * Send the bytes of a file to an address of the page.
 * @param {string} path
 * @param {File} file
 * @param {(share: number) => void} step called with the share that has arrived
 * @returns {Promise<{token?: string, html: string}>}
 */
export function send(path, file, step = () => {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch says nothing of how far it is
    request.open("POST", path);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.responseType = "json";
    request.upload.addEventListener("progress", event => { if (event.total) step(event.loaded / event.total); });
    request.addEventListener("error", () => reject(new ApiError("offline")));
    request.addEventListener("load", () => {
      if (request.response?.token || request.response?.html) resolve(request.response);
      else reject(new ApiError(request.status === 401 ? "denied" : "offline"));
    });
    request.send(file);
  });
}
