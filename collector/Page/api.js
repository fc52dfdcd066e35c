// Asking the collector.

// The texts of the last answers: asked for again, the collector says so if one still holds, and comparing texts is cheaper
// than reading them.
const kept = new Map();
const mostKept = 4;
const underWay = new Map();

// What is asked for while the same is under way waits for that, and then asks whether it still holds.
async function askText(path, options = {}) {
  if (options.method) return request(path, options);
  while (underWay.has(path)) await underWay.get(path).catch(() => null);
  const known = kept.get(path);
  const answer = request(path, known ? { headers: { "If-None-Match": known.tag } } : options, known);
  underWay.set(path, answer);
  try { return await answer; } finally { underWay.delete(path); }
}

async function request(path, options, known = null) {
  let response;
  try {
    response = await (takeEarly(path) ?? fetch(path, options));
  } catch {
    throw new Error("The collector doesn't answer. Is it still running?");
  }
  if (known && response.status === 304) return known.text;
  const text = await response.text();
  if (response.ok) {
    const tag = response.headers.get("ETag");
    if (tag && !options.method) keep(path, { tag, text });
    return text;
  }
  let body = {};
  try { body = JSON.parse(text); } catch { /* An answer of something between us and the collector. */ }
  const error = new Error(body.error ? `${body.error}. ${body.hint}` : `The collector answered ${response.status}.`);
  error.status = response.status;
  throw error;
}

function keep(path, answer) {
  kept.delete(path);
  kept.set(path, answer);
  if (kept.size > mostKept) kept.delete(kept.keys().next().value);
}

// What early.js has asked for already.
function takeEarly(path) {
  const { early } = globalThis;
  if (early?.path !== path) return null;
  delete globalThis.early;
  return early.answer;
}

const ask = async (path, options) => JSON.parse(await askText(path, options));

export function traces({ before, search, limit }) {
  const query = new URLSearchParams({ limit: String(limit) });
  if (before) query.set("before", before);
  // Spaces as %20: a plus sign is an ordinary character in the path of a query that isn't a form.
  if (search) query.set("q", search);
  return ask(`/api/traces?${encoded(query)}`);
}

const encoded = (query) => query.toString().replaceAll("+", "%20");

export const trace = (traceID) => ask(`/api/traces/${encodeURIComponent(traceID)}`);
export const linkedTracesText = (traceID) => askText(`/api/traces/${encodeURIComponent(traceID)}/linked`);
export const chainText = (chainID) => askText(`/api/chains/${encodeURIComponent(chainID)}`);
export const chainGraph = (chainID) => ask(`/api/chains/${encodeURIComponent(chainID)}/graph`);
export const chainsText = () => askText("/api/chains?limit=200");
export const typesText = () => askText("/api/types");
export const metrics = () => ask("/api/metrics");
export const metric = (name) => ask(`/api/metrics/${encodeURIComponent(name)}`);
export const status = () => ask("/api/status");
export const registry = () => ask("/registry.json");
export const recentSpans = () => ask("/api/spans?limit=2000");

export function logsText(parameters) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value));
  return askText(`/api/logs?${encoded(query)}`);
}
export const logs = async (parameters) => JSON.parse(await logsText(parameters));

export const importText = (text) => ask("/api/import", { method: "POST", headers: { "Content-Type": "application/x-ndjson" }, body: text });
export const removeAll = () => ask("/api/traces", { method: "DELETE" });

// Calls back on each change, and on each reconnection, since something may have been missed. A hidden page lets go of its
// connection: browsers allow six to a server, and each open tab would hold one.
export function follow({ changed, state }) {
  let source = null;
  let timer = null;
  const soon = () => { timer ??= setTimeout(() => { timer = null; changed(); }, 150); };
  const open = () => {
    if (source || document.hidden) return;
    source = new EventSource("/api/events");
    source.addEventListener("ready", () => { state(true); soon(); });
    source.addEventListener("changed", soon);
    source.addEventListener("error", () => {
      state(false);
      // The browser tries again by itself unless it was refused.
      if (source?.readyState === EventSource.CLOSED) { close(); setTimeout(open, 1000); }
    });
  };
  const close = () => { source?.close(); source = null; };
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  open();
}
