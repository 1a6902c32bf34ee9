/** Where the request itself stands in a prompt: what lies between is pasted material. Character positions, end excluded. */
export interface Zones {
  headEnd: number;
  tailStart: number;
  /** The first words of the head and of the tail: an imperative stands here. */
  leadEnd: number;
  tailLeadEnd: number;
  /** Characters outside both zones. */
  pasteChars: number;
}

/** Up to here a prompt is all request, unless lines or a colon set material apart. */
const ALL_REQUEST_CHARS = 400;
const LEAST_SPLIT_CHARS = 240;
const ZONE_CHARS = 300;
const LEAST_HEAD_CHARS = 120;
const LEAST_TAIL_CHARS = 60;
/** A line of request beside a paste is hardly longer. */
const REQUEST_LINE_CHARS = 180;
/** Less is a mark such as "A:", no request. */
const LEAST_LINE_CHARS = 4;
const LEAD_CHARS = 90;
const COLONS = [":", "："];

/** Finds the request at the beginning and at the end of a prompt. Scripts without spaces say the same in half the room. */
export function findZones(text: string): Zones {
  const scale = isDense(text) ? 0.5 : 1;
  const apart = text.length > LEAST_SPLIT_CHARS * scale ? setApart(text, scale) : null;
  if (apart !== null) return zones(text, apart.headEnd, apart.tailStart);
  if (text.length <= ALL_REQUEST_CHARS * scale) return zones(text, text.length, text.length);
  const headEnd = endOfHead(text, scale);
  return zones(text, headEnd, Math.max(headEnd, startOfTail(text, scale)));
}

function zones(text: string, headEnd: number, tailStart: number): Zones {
  return {
    headEnd,
    tailStart,
    leadEnd: Math.min(headEnd, LEAD_CHARS),
    tailLeadEnd: Math.min(text.length, tailStart + LEAD_CHARS),
    pasteChars: tailStart - headEnd,
  };
}

/** Chinese, Japanese, Korean: told from a few characters of the beginning and the middle. */
function isDense(text: string): boolean {
  let dense = 0;
  for (let index = 0; index < 16; index++) {
    const code = text.charCodeAt((index * 7) % Math.max(1, text.length));
    if (code >= 0x3041 && code <= 0xd7a3) dense++;
  }
  return dense >= 6;
}

/** A short line (or words before a colon) at one end and long material at the other; null if the prompt is not so. */
function setApart(text: string, scale: number): { headEnd: number; tailStart: number } | null {
  const line = REQUEST_LINE_CHARS * scale;
  const end = text.trimEnd().length;
  const lastBreak = text.lastIndexOf("\n", end - 1);
  const tail = end - lastBreak - 1;
  const tailStart =
    lastBreak > end / 2 && tail >= LEAST_LINE_CHARS && tail < line ? lastBreak + 1 : text.length;
  const firstBreak = text.indexOf("\n");
  const colon = Math.min(...COLONS.map((mark) => positionOr(text.slice(0, line), mark, text.length)));
  const head = Math.min(firstBreak === -1 ? text.length : firstBreak, colon);
  const headEnd = head <= line && head < text.length / 2 ? head + 1 : 0;
  if (headEnd === 0 && tailStart === text.length) return null;
  if (tailStart - headEnd < text.length / 2) return null;
  return { headEnd, tailStart };
}

function positionOr(text: string, mark: string, otherwise: number): number {
  const position = text.indexOf(mark);
  return position === -1 ? otherwise : position;
}

/** Whole lines until there is enough to hold a request, but no half line longer than the zone. */
function endOfHead(text: string, scale: number): number {
  let end = 0;
  while (end < LEAST_HEAD_CHARS * scale) {
    const next = text.indexOf("\n", end + 1);
    if (next === -1 || next > ZONE_CHARS * scale) return ZONE_CHARS * scale;
    if (text.charCodeAt(next + 1) === 10 && next > 30 * scale) return next;
    end = next;
  }
  return end;
}

function startOfTail(text: string, scale: number): number {
  const last = text.trimEnd().length;
  let start = last;
  while (last - start < LEAST_TAIL_CHARS * scale) {
    const previous = text.lastIndexOf("\n", start - 1);
    if (previous === -1 || last - previous > ZONE_CHARS * scale)
      return Math.max(0, last - ZONE_CHARS * scale);
    if (text.charCodeAt(previous - 1) === 10 && last - previous > 20 * scale) return previous + 1;
    start = previous;
  }
  return start + 1;
}
