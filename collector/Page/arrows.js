// Lines between linked spans: faint from trace to trace, strong for the selected span.
import { svgElement } from "./dom.js";
import { rowHeight } from "./waterfall.js";

const most = 200;

export function drawArrows(svg, waterfall) {
  const { model, selected, rowOf, canvas, axis } = waterfall;
  const lane = canvas.querySelector(".lane");
  if (!lane) return;
  const edges = { left: lane.offsetLeft, width: lane.clientWidth };
  svg.style.height = canvas.style.height;
  const drawn = [];
  for (const span of model.spans.values()) {
    for (const connection of span.outgoing) {
      if (!connection.to || drawn.length >= most) continue;
      const isStrong = span === selected || connection.to === selected;
      // What waits are told of is drawn for the selected span only: there may be hundreds.
      if (!isStrong && (connection.to.document.traceId === span.document.traceId || isOfWait(connection))) continue;
      drawn.push({ connection, isStrong });
    }
  }
  for (const { connection, isStrong } of drawn.sort((left, right) => left.isStrong - right.isStrong)) {
    const from = point(connection.from, { model, rowOf, edges, axis });
    const to = point(connection.to, { model, rowOf, edges, axis });
    if (!from || !to) continue;
    // Not into the names, left of the lanes.
    const room = Math.min(from.x, to.x) - edges.left + 16;
    const bend = Math.min(room, Math.max(24, Math.abs(to.y - from.y) * 0.25));
    svg.append(
      svgElement("path", {
        class: isStrong ? "strong" : null,
        d: `M${from.x},${from.y} C${from.x - bend},${from.y} ${to.x - bend},${to.y} ${to.x},${to.y}`,
      }),
      svgElement("circle", { class: isStrong ? "strong" : null, cx: to.x, cy: to.y, r: 3.5 }));
  }
}

const isOfWait = ({ type }) => type === "blocker" || type === "resolved_by";

function point(span, { model, rowOf, edges, axis }) {
  const row = rowOf.get(span.key);
  const place = axis.at(model.place(span.start));
  if (row === undefined || place < 0 || place > 1) return null;
  return { x: edges.left + place * edges.width, y: (row + 0.5) * rowHeight };
}
