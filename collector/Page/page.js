// Which view is shown, and what keeps it up to date.
import * as api from "./api.js";
import { ChainView } from "./chain.js";
import { ChainsView } from "./chains.js";
import { ChecksView } from "./checks.js";
import { CompareView } from "./compare.js";
import { show } from "./dom.js";
import { counted } from "./format.js";
import { acceptImports } from "./import.js";
import { ListView } from "./list.js";
import { LogsView } from "./logs.js";
import { MetricsView, MetricView } from "./metrics.js";
import { drawHelp } from "./search-help.js";
import { TraceView } from "./trace.js";
import { TypesView } from "./types.js";

const main = document.getElementById("main");
const filter = document.getElementById("filter");
const live = document.getElementById("live");
const help = document.getElementById("help");
const helpPanel = document.getElementById("search-help");
let view = null;

// The address of a view names it and what it shows, so that it can be kept and sent.
function route() {
  const [kind, ...parts] = location.hash.replace(/^#\/?/, "").split("/").map(decode);
  document.getElementById("clear").hidden = kind === "trace" || kind === "chain";
  for (const link of document.querySelectorAll("#nav a")) {
    const isCurrent = link.getAttribute("href") === `#/${kind === "search" ? "traces" : kind === "metric" ? "metrics" : kind}`;
    if (isCurrent) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (kind === "trace" && parts[0]) return openTrace(parts[0].toLowerCase(), (parts[1] ?? "").toLowerCase() || null);
  if (kind === "chain" && parts[0]) return openChain(parts[0], (parts[1] ?? "").toLowerCase() || null);
  if (kind === "search") return openList(parts.join("/"));
  const views = {
    traces: () => new ListView(main, ""), types: () => new TypesView(main), metrics: () => new MetricsView(main),
    metric: () => new MetricView(main, parts[0] ?? ""), logs: () => new LogsView(main, parts), checks: () => new ChecksView(main),
    compare: () => new CompareView(main, parts[0] ?? "", parts[1] ?? ""),
  };
  filter.value = "";
  view = (views[kind] ?? (() => new ChainsView(main)))();
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

function openList(search) {
  if (document.activeElement !== filter) filter.value = search;
  if (view instanceof ListView) return view.setSearch(search);
  view = new ListView(main, search);
  view.refresh();
}

function search(text) {
  const hash = text ? `#/search/${encodeURIComponent(text)}` : "#/traces";
  if (location.hash === hash) return;
  // Each letter isn't a way to go back through.
  if (view instanceof ListView) { history.replaceState(null, "", hash); route(); } else location.hash = hash;
}

let pause = null;
filter.addEventListener("input", () => {
  clearTimeout(pause);
  pause = setTimeout(() => search(filter.value.trim()), 120);
});

help.addEventListener("click", () => {
  helpPanel.hidden = !helpPanel.hidden;
  help.setAttribute("aria-expanded", String(!helpPanel.hidden));
  drawHelp(helpPanel, (example) => { filter.value = example; search(example); });
});

acceptImports({
  imported: ({ spans = 0, logs = 0, points = 0, rejected = 0 }) => {
    const notice = document.getElementById("notice");
    notice.textContent = `Imported ${counted(spans, "span")}, ${counted(logs, "log record")} and ${counted(points, "data point")}.`
      + (rejected > 0 ? ` ${counted(rejected, "item")} could not be taken.` : "");
    notice.hidden = false;
    setTimeout(() => { notice.hidden = true; }, 6000);
    view?.refresh();
  },
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

window.addEventListener("hashchange", () => {
  show(null, "import");
  route();
});
route();
// Where much arrives, a view is read anew no sooner than in three times the time that reading it took.
let isReading = false;
let isDue = false;
async function refresh() {
  isDue = isReading;
  if (isReading || !view) return;
  isReading = true;
  const start = performance.now();
  await view.refresh();
  setTimeout(() => { isReading = false; if (isDue) refresh(); }, Math.min(5000, 3 * (performance.now() - start)));
}

api.follow({
  changed: refresh,
  state: (isOpen) => {
    live.classList.toggle("open", isOpen);
    live.textContent = isOpen ? "live" : "reconnecting";
  },
});
