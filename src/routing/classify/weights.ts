import type { Category } from "./vocabulary.ts";

/** What one sign adds to each task: code, reasoning, summary, chat. Chosen on `bench/classifier/prompts.jsonl`. */
export type Weights = readonly [code: number, reasoning: number, summary: number, chat: number];

/** A prompt without any sign is chat. */
export const BIAS: Weights = [0, 0, 0, 0.6];

/** Per category of terms, where the request stands. The second, third … of a category count less. */
export const TERM_WEIGHTS: Readonly<Record<Category, Weights>> = {
  summarize: [0, 0, 2.6, 0],
  summaryNoun: [0, 0, 0.9, 0.1],
  title: [0, 0, 0.5, 0.4],
  expand: [0, 0, -2, 1],
  brief: [0, -0.1, 0.5, 0.3],
  codeName: [2, -0.1, 0, 0],
  codeStrong: [1.7, -0.1, 0, 0],
  codeWeak: [0.45, 0, 0, 0],
  codeVerb: [0.7, -0.1, 0, 0],
  math: [-0.1, 1, 0, 0],
  quantityAsk: [-0.1, 0.65, -0.2, 0],
  measure: [-0.1, 0.35, 0, 0],
  arithmetic: [0, 0.35, 0, 0],
  logic: [-0.1, 0.7, 0, 0],
  exam: [-0.1, 0.9, -0.2, 0],
  createVerb: [0.2, -0.2, 0, 0.3],
  creative: [-0.2, -0.4, -0.3, 1.1],
  transform: [-0.1, -0.4, -0.5, 1.1],
  extract: [-0.1, -0.2, -0.5, 0.9],
  advise: [0, -0.3, -0.3, 0.7],
  rolePlay: [-0.1, -0.5, -0.3, 1],
  ask: [0, 0, -0.2, 0.3],
  explain: [0, 0, -0.1, 0.4],
  support: [-0.1, -0.3, -0.2, 0.7],
  personal: [-0.1, -0.3, -0.2, 0.7],
  supplied: [0, 0, 0.3, 0],
  textNoun: [-0.1, -0.1, 0.4, 0],
  numberWord: [0, 0.2, 0, 0],
  tableTerm: [0, 0.3, 0, 0],
};

/** What the first words of the request add once more. */
export const LEAD_WEIGHTS: Readonly<Partial<Record<Category, Weights>>> = {
  summarize: [0, 0, 1.2, 0],
  summaryNoun: [0, 0, 0.6, 0],
  codeVerb: [0.3, 0, 0, 0],
  creative: [0, 0, 0, 0.4],
  transform: [0, 0, 0, 0.6],
  extract: [0, 0, 0, 0.5],
  rolePlay: [0, 0, 0, 0.8],
};

/** Share of a term's weight in pasted material: what is pasted tells the field, hardly the wish. */
export const PASTE_SHARE = 0.15;
/** The same for words of code and mathematics. */
export const PASTE_SHARE_FIELD = 0.3;
/** Share of what was said in the turns before. */
export const EARLIER_SHARE = 0.35;

export const SHAPE_WEIGHTS = {
  /** A programming term where something is asked for or made, and not a piece of writing. */
  codeAsked: [0.9, 0, 0, 0],
  fences: [1.6, -0.2, 0, 0],
  /** At lines of code only. */
  codeLines: [3, -0.4, -0.4, 0],
  identifiers: [0.9, -0.2, 0, 0],
  codeMarks: [0.8, 0, 0, 0],
  stackTrace: [2, -0.5, -0.3, 0],
  sql: [2, 0, 0, 0],
  shell: [1.5, -0.2, 0, 0],
  latex: [-0.6, 2.2, 0, 0],
  equations: [-0.1, 0.9, 0, 0],
  options: [-0.3, 1.2, -0.6, 0],
  /** Numbers and a question for a quantity. */
  wordProblem: [-0.2, 1.6, -0.3, 0],
  /** Numbers, and units or words of arithmetic. */
  sums: [0, 0.7, 0, 0],
  /** A table and a question for a quantity. */
  tableQuestion: [-0.2, 1.2, -0.3, 0],
  /** Pasted material and an order to condense. */
  suppliedSummary: [-0.3, -0.3, 1.4, 0],
  /** The story or letter to condense is there already: it is not one to be written. */
  suppliedWriting: [0, 0, 1, -1],
  /** Pasted material and a question for its main points. */
  suppliedGist: [-0.2, -0.2, 1.6, -0.3],
  /** Nothing there to condense. */
  nothingSupplied: [0, 0, -1.4, 0],
  /** A transcript. */
  speakers: [0, -0.2, 0.5, 0],
} as const satisfies Record<string, Weights>;

export type Shape = keyof typeof SHAPE_WEIGHTS;
