import { CAPABILITIES, type Capability } from "../../../core/deployment.ts";
import { isObject, type JsonObject } from "../../../core/json.ts";
import type { ListedModel } from "../../contract.ts";

/** What a list says a model can or cannot; an absent capability was not spoken of. */
export type ToldCapabilities = Partial<Record<Capability, boolean>>;

/** Providers' words, as entries of a list of features and as flags below `capabilities`. */
const WORDS: Readonly<Record<string, Capability>> = {
  tools: "tools",
  tool_use: "tools",
  function_calling: "tools",
  json_schema: "json_schema",
  structured_outputs: "json_schema",
  vision: "vision",
  audio: "audio",
  reasoning: "reasoning",
};

/** Flags of the model itself: Fireworks, Moonshot, the Hugging Face router. */
const FLAGS: Readonly<Record<string, Capability>> = {
  supports_tools: "tools",
  supports_structured_output: "json_schema",
  supports_image_input: "vision",
  supports_image_in: "vision",
  supports_reasoning: "reasoning",
};

/** Whoever lists what parameters or features a model takes, lists these three if it has them. */
const OF_PARAMETERS: readonly Capability[] = ["tools", "json_schema", "reasoning"];
const OF_MODALITIES: readonly (readonly [Capability, readonly string[]])[] = [
  ["vision", ["image"]],
  ["audio", ["audio"]],
  ["pdf", ["file", "pdf"]],
];

export function toldCapabilities(item: JsonObject): ToldCapabilities {
  const { capabilities, type, endpoints } = item;
  const ofCohere = Array.isArray(endpoints) ? item.features : undefined;
  return {
    ...byModality(inputModalities(item)),
    ...byParameter(item.supported_parameters ?? item.supported_features ?? ofCohere),
    ...(Array.isArray(capabilities) ? named(capabilities) : {}),
    ...(isObject(capabilities) ? flagged(capabilities, WORDS) : {}),
    ...flagged(item, FLAGS),
    // https://lmstudio.ai/docs/developer/rest/endpoints
    ...(type === "vlm" || type === "llm" ? { vision: type === "vlm" } : {}),
  };
}

/** What all of several hosts agree on. */
export function agreed(hosts: readonly ToldCapabilities[]): ToldCapabilities {
  const shared = CAPABILITIES.flatMap((capability) => {
    const told = hosts[0]?.[capability];
    const same = told !== undefined && hosts.every((host) => host[capability] === told);
    return same ? [[capability, told] as const] : [];
  });
  return Object.fromEntries(shared);
}

/** As the contract has it: nothing told is null, and what was left open stands apart. */
export function listedCapabilities(
  told: ToldCapabilities,
): Pick<ListedModel, "capabilities" | "untoldCapabilities"> {
  const untold = CAPABILITIES.filter((capability) => told[capability] === undefined);
  if (untold.length === CAPABILITIES.length) return { capabilities: null };
  const capabilities = CAPABILITIES.filter((capability) => told[capability] === true);
  return untold.length === 0 ? { capabilities } : { capabilities, untoldCapabilities: untold };
}

/** `input_modalities`, or the older `modality: "text+image->text"`; null = neither. */
function inputModalities({ architecture, input_modalities: plain }: JsonObject): readonly unknown[] | null {
  const inner = isObject(architecture) ? architecture : {};
  const told = inner.input_modalities ?? plain;
  if (Array.isArray(told)) return told;
  const { modality } = inner;
  return typeof modality === "string" && modality.includes("->")
    ? (modality.split("->")[0] ?? "").split("+")
    : null;
}

function byModality(modalities: readonly unknown[] | null): ToldCapabilities {
  if (modalities === null || modalities.length === 0) return {};
  const has = (words: readonly string[]) => words.some((word) => modalities.includes(word));
  return Object.fromEntries(OF_MODALITIES.map(([capability, words]) => [capability, has(words)]));
}

function byParameter(names: unknown): ToldCapabilities {
  if (!Array.isArray(names) || names.length === 0) return {};
  const absent = Object.fromEntries(OF_PARAMETERS.map((capability) => [capability, false]));
  return { ...absent, ...named(names) };
}

function named(names: readonly unknown[]): ToldCapabilities {
  const known = names.flatMap((name) =>
    typeof name === "string" && Object.hasOwn(WORDS, name) ? [name] : [],
  );
  return Object.fromEntries(known.map((name) => [WORDS[name], true]));
}

function flagged(source: JsonObject, words: Readonly<Record<string, Capability>>): ToldCapabilities {
  const told: ToldCapabilities = {};
  for (const [word, capability] of Object.entries(words)) {
    const value = source[word];
    if (typeof value === "boolean") told[capability] = told[capability] === true || value;
  }
  return told;
}
