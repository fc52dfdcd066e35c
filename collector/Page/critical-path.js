// The critical path of a trace: what, had it been shorter, would have ended the trace sooner.
import { chainOf } from "./chain-model.js";

// Goes back from the end of each root: to the child that ended last, from its start to the one that ended last before, and so on.
// A queue's spans end long before what they led to does, so a span counts as going on until the last below it ends. Where a
// job waited for another chain, the path goes on in that chain.
// Returns for each span on the path the times of its own that are on it.
export function criticalPath(roots) {
  const ends = effectiveEnds(roots);
  const path = new Map();
  const followed = new Set();
  const pending = roots.filter((root) => !root.isPassive).map((root) => ({ span: root, end: ends.get(root) }));
  while (pending.length > 0) {
    const { span, end } = pending.pop();
    let cursor = end;
    const children = span.children.filter((child) => !child.isPassive || child.operation === "await")
      .sort((left, right) => (ends.get(left) < ends.get(right) ? 1 : -1));
    for (const child of children) {
      const childEnd = ends.get(child) < cursor ? ends.get(child) : cursor;
      if (child.start >= childEnd) continue;
      const next = child.isPassive ? waitedFor(child) : child;
      // A chain that waits for the one that started it would be gone round in for ever.
      if (!next || (child.isPassive && followed.has(next))) continue;
      if (child.isPassive) followed.add(next);
      own(path, span, childEnd, cursor);
      pending.push({ span: next, end: childEnd });
      cursor = next.start < child.start ? next.start : child.start;
      if (cursor <= span.start) break;
    }
    own(path, span, span.start, cursor);
  }
  return path;
}

// The beginning of the chain whose end ended a wait, as far as it is in the same trace.
function waitedFor(wait) {
  let span = wait.outgoing.find((connection) => connection.type === "resolved_by")?.to;
  if (!span || span.document.traceId !== wait.document.traceId) return null;
  const chain = chainOf(span);
  while (span.parent && chainOf(span.parent) === chain) span = span.parent;
  return span;
}

function own(path, span, start, end) {
  const stop = end < span.end ? end : span.end;
  if (stop <= start) return;
  if (!path.has(span)) path.set(span, []);
  path.get(span).push({ start, end: stop });
}

// Children come after their parents in this order, so one way back sees each before its parent.
function effectiveEnds(roots) {
  const order = [...roots];
  for (let index = 0; index < order.length; index++) for (const child of order[index].children) order.push(child);
  const ends = new Map();
  for (let index = order.length - 1; index >= 0; index--) {
    const span = order[index];
    let end = span.end;
    for (const child of span.children) if (!child.isPassive && ends.get(child) > end) end = ends.get(child);
    ends.set(span, end);
  }
  return ends;
}
