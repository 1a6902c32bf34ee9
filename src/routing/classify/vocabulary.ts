/**
 * What a term in a prompt speaks of. A category says nothing about the task by itself: how much each one counts, and where
 * in the prompt, stands in `weights.ts`.
 */
export const CATEGORIES = [
  /** Orders to condense: "sum up". */
  "summarize",
  /** What condensing yields: "synopsis", "key points". */
  "summaryNoun",
  /** "headline", "title". */
  "title",
  /** A summary is there already, or is not what is asked: "based on the summary", "elaborate". */
  "expand",
  /** "in one sentence", "in a few words". */
  "brief",
  /** Names of languages, frameworks and tools. */
  "codeName",
  /** Words only programmers use: "stack trace". */
  "codeStrong",
  /** Words programmers share with others: "function", "table". */
  "codeWeak",
  /** "implement", "debug", "install". */
  "codeVerb",
  /** "probability", "triangle", "prove that". */
  "math",
  /** "how many", "calculate". */
  "quantityAsk",
  /** Units and money. */
  "measure",
  /** "twice", "altogether", "remaining". */
  "arithmetic",
  /** "must be true", "premise", "puzzle". */
  "logic",
  /** "which of the following", "answer yes or no". */
  "exam",
  /** "write", "create". */
  "createVerb",
  /** What writers write: "story", "email". */
  "creative",
  /** "translate", "rephrase", "proofread". */
  "transform",
  /** "extract", "classify", "sentiment". */
  "extract",
  /** "suggest", "tips", "should I". */
  "advise",
  /** "act as", "pretend". */
  "rolePlay",
  /** "who", "what is", "why". */
  "ask",
  /** "explain", "compare", "difference between". */
  "explain",
  /** A customer's words: "refund", "my order". */
  "support",
  /** Small talk and feelings. */
  "personal",
  /** Points at pasted material: "the following", "above". */
  "supplied",
  /** Kinds of pasted material: "article", "transcript". */
  "textNoun",
  /** Numbers in words. */
  "numberWord",
  /** "fiscal year", "column", "revenue": what tables hold. */
  "tableTerm",
] as const;

export type Category = (typeof CATEGORIES)[number];

/**
 * The terms of one language, separated by commas. A `*` at the end stands for any further letters; case, accents and runs of
 * spaces do not matter; in scripts without spaces a term may start anywhere. Absent = none.
 */
export type Vocabulary = Readonly<Partial<Record<Category, string>>>;
