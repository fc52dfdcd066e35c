// Numbers and times as people read them. Times come as text, in nanoseconds: a Number can't hold all their digits.

const units = [[1e3, "ns", 1], [1e6, "µs", 1e3], [1e9, "ms", 1e6], [60e9, "s", 1e9]];

export function duration(nanoseconds) {
  for (const [limit, unit, size] of units) {
    if (nanoseconds < limit) return `${digits(nanoseconds / size)} ${unit}`;
  }
  const seconds = Math.round(nanoseconds / 1e9);
  if (seconds < 3600) return both(seconds, 60, "min", "s");
  const minutes = Math.round(seconds / 60);
  if (minutes < 60 * 48) return both(minutes, 60, "h", "min");
  return both(Math.round(minutes / 60), 24, "d", "h");
}

// A number of small units as large ones and what is left of the small.
function both(count, size, large, small) {
  const rest = count % size;
  return `${Math.floor(count / size)} ${large}${rest > 0 ? ` ${rest} ${small}` : ""}`;
}

function digits(number) {
  return String(Number(number.toFixed(number < 10 ? 2 : number < 100 ? 1 : 0)));
}

const pad = (number, width = 2) => String(number).padStart(width, "0");

export function clock(nanoseconds) {
  const date = new Date(Number(BigInt(nanoseconds) / 1000000n));
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}.${pad(date.getMilliseconds(), 3)}`;
}

export function day(nanoseconds) {
  const date = new Date(Number(BigInt(nanoseconds) / 1000000n));
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

export function when(nanoseconds) {
  const today = day(BigInt(Date.now()) * 1000000n);
  return day(nanoseconds) === today ? clock(nanoseconds) : `${day(nanoseconds).slice(5)} ${clock(nanoseconds).slice(0, 8)}`;
}

export function counted(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

// A text as a search takes it, whatever is in it.
export function quoted(text) {
  return `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
}

export function between(start, end) {
  return Math.max(0, Number(BigInt(end) - BigInt(start)));
}

// The text of an attribute's value, which has one of OTLP's kinds.
export function valueText(value) {
  if (!value) return "";
  if ("stringValue" in value) return value.stringValue;
  if ("intValue" in value) return String(value.intValue);
  if ("doubleValue" in value) return String(value.doubleValue);
  if ("boolValue" in value) return String(value.boolValue);
  if ("bytesValue" in value) return `base64: ${value.bytesValue}`;
  if ("arrayValue" in value) return `[${(value.arrayValue.values ?? []).map(valueText).join(", ")}]`;
  if ("kvlistValue" in value) {
    return `{${(value.kvlistValue.values ?? []).map((pair) => `${pair.key}: ${valueText(pair.value)}`).join(", ")}}`;
  }
  return "";
}

// The same service has the same colour everywhere, and two have the same only if there are more than colours.
const colours = new Map();
const colourCount = 10;

export function colour(service) {
  if (!colours.has(service)) {
    let hash = 7;
    for (const character of service) hash = (hash * 31 + character.codePointAt(0)) % 9973;
    const taken = new Set(colours.values());
    let slot = hash % colourCount;
    for (let step = 0; step < colourCount && taken.has(slot) && taken.size < colourCount; step++) slot = (slot + 1) % colourCount;
    colours.set(service, slot);
  }
  return `c${colours.get(service)}`;
}

export const percent = (fraction) => `${(fraction * 100).toFixed(4)}%`;

// Beyond a second, times are round in the units of a clock.
const clockSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400].map((seconds) => seconds * 1e9);

// Round times on an axis of a length, at most `count` or so.
export function ticks(length, count) {
  const wanted = length / Math.max(2, count);
  const base = wanted > 86400e9 ? 86400e9 : 1;
  const magnitude = base * 10 ** Math.floor(Math.log10(wanted / base));
  const decimal = [1, 2, 5, 10].map((factor) => factor * magnitude).find((candidate) => candidate >= wanted) ?? wanted;
  const step = Math.max(1, wanted > 1e9 && wanted <= 86400e9 ? clockSteps.find((candidate) => candidate >= wanted) : decimal);
  const times = [];
  for (let time = 0; time <= length; time += step) times.push(time);
  return times;
}
