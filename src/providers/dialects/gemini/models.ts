/** Google's words for how much a model thinks, from least to most. */
export const LEVELS = ["MINIMAL", "LOW", "MEDIUM", "HIGH"] as const;
export type Level = (typeof LEVELS)[number];

/** How a model is told to think: https://ai.google.dev/gemini-api/docs/thinking */
export type Thinking =
  | { kind: "none" }
  /** Tokens; 0 turns it off where `canBeOff`. */
  | { kind: "budget"; least: number; most: number; canBeOff: boolean }
  /** The lowest level turns it off where `canBeOff`. */
  | { kind: "levels"; levels: readonly Level[]; takesBudget: boolean; canBeOff: boolean };

/** What one model of this API takes. Only what makes a request fail otherwise, or changes its meaning, is told here. */
export interface GeminiModel {
  thinking: Thinking;
  /** False: what the system says goes before what the user says first. */
  systemInstruction: boolean;
  tools: boolean;
  /** How answers in JSON are asked for: not at all, by Google's part of OpenAPI's schema, or by a JSON schema. */
  json: "none" | "subset" | "full";
  /** Whether JSON answers can be asked for while tools are offered. */
  jsonBesideTools: boolean;
  /** The first call of each turn in a tool loop must bring its thought signature back. */
  needsSignatures: boolean;
  /** Files of tool results go into the result instead of beside it. */
  filesInResults: boolean;
  penalties: boolean;
  /** Answers per request; never more than one in a stream. */
  maxAnswers: number;
}

/**
 * Names are open-ended and aliases move on (`gemini-flash-latest`), so a Gemini of which nothing is known is taken for
 * the newest. Gemini 3 allows one answer: https://github.com/googleapis/js-genai/issues/1609
 */
const NEWEST: GeminiModel = {
  thinking: { kind: "levels", levels: ["LOW", "MEDIUM", "HIGH"], takesBudget: true, canBeOff: false },
  systemInstruction: true,
  tools: true,
  json: "full",
  jsonBesideTools: true,
  needsSignatures: true,
  filesInResults: true,
  penalties: false,
  maxAnswers: 1,
};

/** A tuned model, or one that only shares the API: nothing that needs a promise, nothing held back. */
const UNKNOWN: GeminiModel = {
  ...NEWEST,
  thinking: { kind: "none" },
  jsonBesideTools: false,
  needsSignatures: false,
  filesInResults: false,
  penalties: true,
  maxAnswers: 8,
};

/** `Penalty is not enabled`: https://github.com/google-gemini/cookbook/issues/1290 */
const GEMINI_2_5: GeminiModel = { ...UNKNOWN, penalties: false };
const budget = (least: number, most: number, canBeOff: boolean): Thinking => ({
  kind: "budget",
  least,
  most,
  canBeOff,
});
const levels = (...told: Level[]): Thinking => ({
  kind: "levels",
  levels: told,
  takesBudget: true,
  canBeOff: false,
});

/** By the last piece of the upstream's name, in lower case; the first row that fits counts. */
const MODELS: readonly (readonly [RegExp, GeminiModel])[] = [
  [/^gemini-2\.5-flash-image/, { ...GEMINI_2_5, tools: false, json: "none", maxAnswers: 1 }],
  [/^gemini-.*image/, { ...NEWEST, thinking: { kind: "none" }, tools: false }],
  [/^gemini-1\.0|^gemini-pro(-vision)?$/, { ...UNKNOWN, json: "subset", penalties: false, maxAnswers: 1 }],
  // Penalties came with the `-002` models.
  [/^gemini-1\.5-(?!.*-002)/, { ...UNKNOWN, json: "subset", penalties: false }],
  [/^gemini-(1\.5|2\.0)/, { ...UNKNOWN, json: "subset" }],
  [/^gemini-2\.5-(pro|computer-use)/, { ...GEMINI_2_5, thinking: budget(128, 32_768, false) }],
  [/^gemini-2\.5-flash-lite/, { ...GEMINI_2_5, thinking: budget(512, 24_576, true) }],
  [/^gemini-(2\.5-flash|robotics-er-1\.5)/, { ...GEMINI_2_5, thinking: budget(1, 24_576, true) }],
  [/^gemini-[12]\./, GEMINI_2_5],
  [/^gemini-3-pro/, { ...NEWEST, thinking: levels("LOW", "HIGH") }],
  // From 3.7 on only Flash-Lite knows MINIMAL: https://github.com/vercel/ai/issues/22372
  [/^gemini-(3(\.[0-6])?-flash|[\d.]+-flash-lite|flash-lite)/, { ...NEWEST, thinking: levels(...LEVELS) }],
  [/^gemini-/, NEWEST],
  // On or off only, and no budgets: https://ai.google.dev/gemma/docs/core/gemma_on_gemini_api
  [
    /^gemma-([4-9]|\d\d)/,
    {
      ...UNKNOWN,
      thinking: { kind: "levels", levels: ["MINIMAL", "HIGH"], takesBudget: false, canBeOff: true },
      penalties: false,
      maxAnswers: 1,
    },
  ],
  [
    /^gemma/,
    { ...UNKNOWN, systemInstruction: false, tools: false, json: "none", penalties: false, maxAnswers: 1 },
  ],
];

export function modelOf(upstreamModel: string): GeminiModel {
  const name = upstreamModel.slice(upstreamModel.lastIndexOf("/") + 1).toLowerCase();
  return MODELS.find(([pattern]) => pattern.test(name))?.[1] ?? UNKNOWN;
}
