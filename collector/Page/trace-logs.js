// The log records of traces, by the spans that they were logged in.
import * as api from "./api.js";
import { logsBySpan } from "./log-model.js";

const mostTraces = 10;
const none = JSON.stringify({ logs: [] });

export class TraceLogs {
  constructor() {
    this.texts = new Map();
    this.bySpan = new Map();
  }

  // Whether those of a trace were read.
  has(traceID) { return this.texts.has(traceID); }

  // Reads those of the first of some traces, and says whether anything is new. They may come after the spans that they are of,
  // so they are read after each change.
  async read(traceIDs) {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    const ids = [...new Set(traceIDs)].slice(0, mostTraces);
    // A trace is worth seeing without its logs: where they can't be read, those stay that were read before.
    const texts = await Promise.all(ids.map((trace) =>
      api.logsText({ trace, limit: "1000" }).catch(() => this.texts.get(trace) ?? none)));
    // A slow answer must not replace a later one.
    if (turn !== this.turn) return false;
    const known = this.texts;
    this.texts = new Map(ids.map((id, index) => [id, texts[index]]));
    if (known.size === ids.length && ids.every((id) => known.get(id) === this.texts.get(id))) return false;
    this.bySpan = logsBySpan(texts.flatMap((text) => JSON.parse(text).logs));
    return true;
  }
}
