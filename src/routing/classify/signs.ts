import { readStructure, type Structure } from "./structure.ts";
import { type Counts, count, countOf, emptyCounts, termLexicon } from "./terms.ts";
import type { Shape } from "./weights.ts";
import { findZones, type Zones } from "./zones.ts";

/** Everything a text shows: which terms stand where, and its shape. */
export interface Signs {
  text: string;
  zones: Zones;
  lead: Counts;
  request: Counts;
  paste: Counts;
  structure: Structure;
}

export function readSigns(text: string): Signs {
  const zones = findZones(text);
  const lead = emptyCounts();
  const request = emptyCounts();
  const paste = emptyCounts();
  termLexicon().scan(text, (mask, position) => {
    if (position >= zones.headEnd && position < zones.tailStart) return count(paste, mask);
    count(request, mask);
    if (position < zones.leadEnd || (position >= zones.tailStart && position < zones.tailLeadEnd))
      count(lead, mask);
  });
  return { text, zones, lead, request, paste, structure: readStructure(text) };
}

/** Characters from which on a text can be material to condense. */
const MATERIAL_CHARS = 280;
/** The same where the material is set apart, counting scripts that need less room. */
const LEAST_PASTE_CHARS = 80;

/** How strongly each shape is there: 0 = not, 1 = clearly, more if often. */
export function shapesOf(signs: Signs, hasContext: boolean): Record<Shape, number> {
  const { structure, request, text, zones } = signs;
  const quantity = countOf(request, "quantityAsk") > 0;
  const numbers = structure.numbers + countOf(request, "numberWord");
  const condense = countOf(request, "summarize") > 0;
  const pointsAtText = countOf(request, "supplied") + countOf(request, "textNoun") > 0;
  const gist =
    !condense &&
    (countOf(request, "summaryNoun") + countOf(request, "title") > 0 ||
      (countOf(request, "brief") > 0 && pointsAtText)) &&
    countOf(request, "expand") + countOf(request, "creative") === 0;
  const isTalk = structure.speakerLines >= 2 && structure.speakerLines * 2 >= structure.lines;
  const material = zones.pasteChars >= LEAST_PASTE_CHARS || text.length >= MATERIAL_CHARS || isTalk;
  const tabular =
    structure.tableRows >= 3 || countOf(request, "tableTerm") + countOf(signs.paste, "tableTerm") >= 4;
  return {
    codeAsked: asksForCode(request) ? 1 : 0,
    fences: structure.fences ? 1 : 0,
    codeLines: structure.codeLines > 0.08 ? Math.min(1, structure.codeLines * 1.5) : 0,
    identifiers: damped(structure.identifiers),
    codeMarks: damped(structure.codeMarks),
    stackTrace: structure.stackTrace ? 1 : 0,
    sql: structure.sql ? 1 : 0,
    shell: structure.shell ? 1 : 0,
    latex: structure.latex ? 1 : 0,
    equations: damped(structure.equations),
    options: structure.options ? 1 : 0,
    wordProblem: quantity ? Math.min(1, numbers / 2) : 0,
    sums: numbers >= 2 && countOf(request, "arithmetic") + countOf(request, "measure") >= 2 ? 1 : 0,
    tableQuestion: quantity && tabular && structure.numbers >= 6 ? 1 : 0,
    suppliedSummary: condense && material ? 1 : 0,
    suppliedWriting: condense && pointsAtText && countOf(request, "creative") > 0 ? 1 : 0,
    suppliedGist: gist && material ? 1 : 0,
    nothingSupplied: !material && !hasContext && countOf(request, "supplied") === 0 ? 1 : 0,
    speakers: isTalk ? 1 : 0,
  };
}

function asksForCode(request: Counts): boolean {
  const names = countOf(request, "codeName") + countOf(request, "codeStrong");
  const wishes = countOf(request, "createVerb") + countOf(request, "advise") + countOf(request, "codeVerb");
  return names > 0 && wishes > 0 && countOf(request, "creative") + countOf(request, "transform") === 0;
}

/** The first counts one, the next ones less and less: 1, 1.5, 1.8, 2 … at most 2.5. */
export function damped(times: number): number {
  return times === 0 ? 0 : Math.min(2.5, 1 + Math.log2(times) / 2);
}
