// Calls of the handlers by the names that they have in Gradio's API.

const API = "/gradio_api";

export class Trouble extends Error {
  constructor(kind) { super(kind); this.kind = kind; }
}

async function reply(path, options) {
  let answer;
  try {
    answer = await fetch(API + path, { credentials: "same-origin", ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Trouble("offline");
  }
  if (answer.status === 401) throw new Trouble("denied");
  if (answer.status === 413) throw new Trouble("tooLong");
  if (answer.status === 429 || answer.status === 503) throw new Trouble("busy");
  if (!answer.ok) throw new Trouble("offline");
  return answer;
}

const post = (path, data, signal) => reply(path, {
  method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ data }), signal,
});

/** What a handler gives for some arguments, in their order. */
export async function run(name, data, signal) {
  return (await (await post(`/run/${name}`, data, signal)).json()).data[0];
}

/** Sends a file as it is to an address of the page; `step` hears what share of it has arrived. */
export function send(path, file, step = () => {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch says nothing of how far it is
    request.open("POST", path);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.responseType = "json";
    request.upload.addEventListener("progress", event => { if (event.total) step(event.loaded / event.total); });
    request.addEventListener("error", () => reject(new Trouble("offline")));
    request.addEventListener("load", () => {
      if (request.response?.token || request.response?.html) resolve(request.response);
      else reject(new Trouble(request.status === 401 ? "denied" : "offline"));
    });
    request.send(file);
  });
}
