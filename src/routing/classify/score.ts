import { damped, type Signs, shapesOf } from "./signs.ts";
import { CATEGORIES, type Category } from "./vocabulary.ts";
import {
  BIAS,
  EARLIER_SHARE,
  LEAD_WEIGHTS,
  PASTE_SHARE,
  PASTE_SHARE_FIELD,
  SHAPE_WEIGHTS,
  type Shape,
  TERM_WEIGHTS,
  type Weights,
} from "./weights.ts";

/** Points for code, reasoning, summary, chat. */
export type Points = [number, number, number, number];

const FIELDS: ReadonlySet<Category> = new Set([
  "codeName",
  "codeStrong",
  "codeWeak",
  "math",
  "logic",
  "exam",
]);

function add(points: Points, weights: Weights, times: number): void {
  points[0] += weights[0] * times;
  points[1] += weights[1] * times;
  points[2] += weights[2] * times;
  points[3] += weights[3] * times;
}

/** Adds what the signs of one text say, each times `share`. */
function addSigns(points: Points, signs: Signs, hasContext: boolean, share: number): void {
  for (const [place, category] of CATEGORIES.entries()) {
    const weights = TERM_WEIGHTS[category];
    const asked = signs.request[place] ?? 0;
    const pasted = signs.paste[place] ?? 0;
    if (asked > 0) add(points, weights, damped(asked) * share);
    if (pasted > 0) {
      add(points, weights, damped(pasted) * (FIELDS.has(category) ? PASTE_SHARE_FIELD : PASTE_SHARE) * share);
    }
    const first = LEAD_WEIGHTS[category];
    if (first !== undefined && (signs.lead[place] ?? 0) > 0) add(points, first, share);
  }
  const shapes = shapesOf(signs, hasContext);
  for (const [shape, strength] of Object.entries(shapes)) {
    if (strength > 0) add(points, SHAPE_WEIGHTS[shape as Shape], strength * share);
  }
}

/** The last user message decides; what was said before it tilts the balance, the shorter the last one the more. */
export function score(last: Signs, earlier: readonly Signs[]): Points {
  const points: Points = [...BIAS];
  const hasContext = earlier.length > 0;
  addSigns(points, last, hasContext, 1);
  const share = (EARLIER_SHARE * 200) / (200 + last.text.length);
  for (const signs of earlier) addSigns(points, signs, true, share);
  return points;
}
