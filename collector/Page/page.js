// Which view is shown, and what keeps it up to date.
import * as api from "./api.js";
import { show } from "./dom.js";
import { ChainView } from "./chain.js";
import { ListView } from "./list.js";
import { TraceView } from "./trace.js";

const main = document.getElementById("main");
const filter = document.getElementById("filter");
const live = document.getElementById("live");
let view = null;

function route() {
  const [kind, ...parts] = location.hash.replace(/^#\/?/, "").split("/").map(decode);
  document.getElementById("clear").hidden = kind === "trace";
  if (kind === "trace" && parts[0]) return openTrace(parts[0].toLowerCase(), (parts[1] ?? "").toLowerCase() || null);
  if (kind === "chain" && parts[0]) return openChain(parts[0], (parts[1] ?? "").toLowerCase() || null);
  view = new ListView(main, filter.value.trim());
  view.refresh();
}

function decode(part) {
  try { return decodeURIComponent(part); } catch { return part; }
}

function openTrace(traceID, spanID) {
  if (view instanceof TraceView) return view.setTarget(traceID, spanID);
  view = new TraceView(main, traceID, spanID);
  view.refresh();
}

function openChain(chainID, spanID) {
  if (view instanceof ChainView && view.chainID === chainID) return view.setTarget(spanID);
  view = new ChainView(main, chainID, spanID);
  view.refresh();
}

filter.addEventListener("input", () => {
  if (view instanceof ListView) view.setFilter(filter.value.trim());
  else location.hash = "#/";
});

document.getElementById("clear").addEventListener("click", async () => {
  if (!confirm("Delete all traces that this collector holds?")) return;
  try { await api.removeAll(); view.refresh(); } catch (problem) { show(problem); }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !(event.target instanceof HTMLInputElement)) {
    event.preventDefault();
    filter.focus();
    filter.select();
  } else if (event.key === "ArrowDown" && (event.target === filter || event.target === document.body)) {
    event.preventDefault();
    (document.querySelector(".trace-row") ?? document.getElementById("waterfall"))?.focus();
  } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && event.target.classList?.contains("trace-row")) {
    const item = event.target.parentElement;
    const next = event.key === "ArrowDown" ? item.nextElementSibling : item.previousElementSibling;
    event.preventDefault();
    (next?.querySelector("a") ?? (event.key === "ArrowUp" ? filter : null))?.focus();
  }
});

window.addEventListener("hashchange", route);
route();
api.follow({
  changed: () => view?.refresh(),
  state: (isOpen) => {
    live.classList.toggle("open", isOpen);
    live.textContent = isOpen ? "live" : "reconnecting";
  },
});
