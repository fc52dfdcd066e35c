// Which chains waited for which, and which started which, as a graph in layers: what was waited for is on the left.
import { element, svgElement } from "./dom.js";
import { between, counted, duration } from "./format.js";

const width = 190;
const height = 50;
const gap = { x: 70, y: 14 };
const mostInGroup = 4;

export class ChainGraph {
  constructor() {
    this.container = element("section", { class: "panel graph", id: "graph", hidden: "" });
  }

  show(answer, chainID) {
    this.container.hidden = answer.edges.length === 0;
    if (this.container.hidden) return this.container.replaceChildren();
    const { nodes, edges } = group(answer, chainID);
    this.container.replaceChildren(...[
      element("h2", {}, "Chains around it"),
      element("p", { class: "soft" }, "Solid: the right one waited for the left one, strong for the one that ended last. Dotted: the left one started the right one."),
      element("div", { class: "wide" }, drawLayers(nodes, edges, (node, position) => nodeElement(node, position, chainID))),
      answer.truncated && element("p", { class: "soft" }, "There are more; not all are shown."),
    ].filter(Boolean));
  }
}

// A graph in layers, from left to right.
export function drawLayers(nodeMap, edgeList, draw) {
  const { nodes, edges, columns } = layOut({ nodes: nodeMap, edges: edgeList });
  const tallest = Math.max(...columns.map((column) => column.length));
  const size = { x: columns.length * (width + gap.x) - gap.x, y: tallest * (height + gap.y) - gap.y };
  for (const [x, column] of columns.entries()) {
    const top = (size.y - (column.length * (height + gap.y) - gap.y)) / 2;
    column.forEach((node, index) => Object.assign(node, { x: x * (width + gap.x), y: top + index * (height + gap.y) }));
  }
  const svg = svgElement("svg", { width: String(size.x), height: String(size.y), "aria-hidden": "true" });
  for (const edge of edges) {
    const [from, to] = [nodes.get(edge.from), nodes.get(edge.to)];
    if (!from || !to || from === to) continue;
    const [x1, y1, x2, y2] = [from.x + width, from.y + height / 2, to.x, to.y + height / 2];
    const bend = Math.max(24, Math.abs(x2 - x1) / 2);
    const classes = `${edge.type}${edge.isCritical ? " critical" : ""}`;
    svg.append(svgElement("path", { class: classes, d: `M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2 - 2},${y2}` }),
      svgElement("path", { class: `head ${classes}`, d: `M${x2 - 8},${y2 - 4} L${x2 - 1},${y2} L${x2 - 8},${y2 + 4}` }));
  }
  return element("div", { class: "graph-canvas", position: { width: `${size.x}px`, height: `${size.y}px` } }, svg,
    [...nodes.values()].map((node) =>
      draw(node, { left: `${node.x}px`, top: `${node.y}px`, width: `${width}px`, height: `${height}px` })));
}

function nodeElement(node, position, chainID) {
  if (node.chains) {
    return element("div", { class: "graph-node group", position },
      element("b", {}, `${node.chains.length} × ${node.type}`),
      element("span", {}, `${duration(node.least)} to ${duration(node.most)}`));
  }
  const classes = ["graph-node", node.chainId === chainID ? "current" : "", node.failedAttemptCount > 0 ? "failed" : "", node.isEnded ? "" : "open"];
  return element("a", { class: classes.join(" "), position, href: `#/chain/${encodeURIComponent(node.chainId)}`, title: node.chainId },
    element("b", {}, node.type || "(not received)"),
    element("span", {}, `${node.isEnded ? "" : "open, "}${duration(node.length)}, ${counted(node.jobCount, "job")}`
      + (node.failedAttemptCount > 0 ? `, ${node.failedAttemptCount} failed` : "")));
}

// Of many chains of one type with the same edges, those that matter stand alone: the last to end, and those that failed.
function group({ chains, edges }, chainID) {
  const byID = new Map(chains.map((chain) => [chain.chainId, { ...chain, length: between(chain.startTimeUnixNano, chain.endTimeUnixNano) }]));
  const lastFor = new Map();
  for (const edge of edges.filter(({ type }) => type === "blocker")) {
    const best = lastFor.get(edge.to);
    const end = (id) => BigInt(byID.get(id)?.endTimeUnixNano ?? 0);
    if (!best || end(edge.from) > end(best)) lastFor.set(edge.to, edge.from);
  }
  const shape = (id) => JSON.stringify([byID.get(id)?.type, ...edges.filter((edge) => edge.from === id || edge.to === id)
    .map((edge) => (edge.from === id ? `${edge.type}>${edge.to}` : `${edge.type}<${edge.from}`)).sort()]);
  const shapes = Map.groupBy
    ? Map.groupBy(byID.keys(), shape)
    : [...byID.keys()].reduce((map, id) => map.set(shape(id), [...(map.get(shape(id)) ?? []), id]), new Map());
  const stands = new Map();
  const nodes = new Map();
  const critical = new Set(lastFor.values());
  for (const ids of shapes.values()) {
    const alone = ids.length <= mostInGroup ? ids
      : ids.filter((id) => id === chainID || critical.has(id) || byID.get(id).failedAttemptCount > 0).slice(0, mostInGroup);
    for (const id of alone) { nodes.set(id, byID.get(id)); stands.set(id, id); }
    const rest = ids.filter((id) => !alone.includes(id));
    if (rest.length === 0) continue;
    const key = `group ${rest[0]}`;
    const lengths = rest.map((id) => byID.get(id).length);
    nodes.set(key, { chains: rest, type: byID.get(rest[0]).type, least: Math.min(...lengths), most: Math.max(...lengths) });
    for (const id of rest) stands.set(id, key);
  }
  const drawn = new Map();
  for (const edge of edges) {
    const isCritical = edge.type === "blocker" && lastFor.get(edge.to) === edge.from;
    const [from, to] = [stands.get(edge.from), stands.get(edge.to)];
    const key = `${from} ${to} ${edge.type}`;
    if (from && to) drawn.set(key, { from, to, type: edge.type, isCritical: isCritical || drawn.get(key)?.isCritical });
  }
  return { nodes, edges: [...drawn.values()] };
}

// Each node one column further right than the last of those that lead to it. A circle can't be: a chain that waits exists
// after what it waits for; should one be told all the same, the number of rounds ends it.
function layOut({ nodes, edges }) {
  const depths = new Map([...nodes.keys()].map((key) => [key, 0]));
  for (let round = 0; round < Math.min(nodes.size, 30); round++) {
    let isStable = true;
    for (const { from, to } of edges) {
      if (from !== to && depths.get(to) <= depths.get(from)) { depths.set(to, depths.get(from) + 1); isStable = false; }
    }
    if (isStable) break;
  }
  const used = [...new Set(depths.values())].sort((left, right) => left - right);
  const columns = used.map((depth) => [...nodes.entries()].filter(([key]) => depths.get(key) === depth).map(([, node]) => node)
    .sort((left, right) => (right.length ?? right.most) - (left.length ?? left.most)));
  return { nodes, edges, columns };
}
