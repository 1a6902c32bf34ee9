import type { DialectId, Preset, Provider, Timeouts } from "../contract.ts";
import { azure } from "./azure.ts";
import { azureAddress } from "./azure-address.ts";
import { OPENAI_PATHS } from "./openai-ways.ts";

/** A provider as the operator describes it. Null = not told: the preset decides, else the default. */
export interface ProviderSettings {
  id: string;
  dialect: string | null;
  /** A trailing slash does not matter. */
  baseUrl: string | null;
  /** null = none is sent. */
  apiKey: string | null;
  /** Default false. */
  local: boolean | null;
  timeouts: Partial<Timeouts>;
  /** Fills the slots of the preset's address; `api_version` is Azure's. A key nobody uses is a mistake. */
  auth: Readonly<Record<string, string>>;
  headers: Readonly<Record<string, string>>;
  /** Default false. */
  takesMetadata: boolean | null;
}

/** Why a provider cannot be built: a sentence without secrets. */
export interface ProviderProblem {
  problem: string;
}

export const DEFAULT_TIMEOUTS: Timeouts = Object.freeze({
  connectMs: 5_000,
  firstContentMs: 120_000,
  idleMs: 60_000,
  totalMs: 600_000,
});

const DIALECTS: readonly DialectId[] = ["openai"];
const SLOT = /\{([a-z_]+)\}/g;
/** What may stand in a host name or a path segment: a slot never changes where the address leads otherwise. */
const SLOT_VALUE = /^[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?$/;

/** The preset, or a server of the operator's own, with its settings filled in and every default applied. */
export function buildProvider(settings: ProviderSettings, preset: Preset | null): Provider | ProviderProblem {
  const dialect = DIALECTS.find((known) => known === (settings.dialect ?? preset?.dialect ?? "openai"));
  if (dialect === undefined) {
    return problem(
      settings,
      `speaks the dialect ${settings.dialect}, which is not one of ${DIALECTS.join(", ")}`,
    );
  }
  const address = addressOf(settings, preset);
  if ("problem" in address) return address;
  const local = settings.local ?? preset?.local ?? false;
  return {
    id: settings.id,
    presetId: preset?.id ?? null,
    dialect,
    ...address,
    auth: preset?.auth ?? { kind: "bearer" },
    apiKey: settings.apiKey,
    headers: lowerCased(preset?.headers ?? {}, settings.headers),
    quirks: preset?.quirks ?? {},
    local,
    takesMetadata: settings.takesMetadata ?? preset?.takesMetadata ?? false,
    timeouts: { ...DEFAULT_TIMEOUTS, ...told(settings.timeouts) },
  };
}

type Address = Pick<Provider, "baseUrl" | "paths" | "query">;

function addressOf(settings: ProviderSettings, preset: Preset | null): Address | ProviderProblem {
  const template = settings.baseUrl ?? preset?.baseUrl;
  if (template === undefined) return problem(settings, "needs a base_url or a preset");
  const slots = [...template.matchAll(SLOT)].map((match) => match[1] ?? "");
  const isAzure = preset?.id === azure.id;
  const used = isAzure ? [...slots, "api_version"] : slots;
  const unused = Object.keys(settings.auth).find(
    (key) => !used.includes(key) && !presetSlots(preset).includes(key),
  );
  if (unused !== undefined) return problem(settings, `does not use auth.${unused}`);
  for (const slot of slots) {
    const value = settings.auth[slot];
    if (value === undefined) return problem(settings, `needs auth.${slot}, or its own base_url`);
    if (!SLOT_VALUE.test(value))
      return problem(settings, `has an auth.${slot} that cannot be part of an address`);
  }
  const filled = template.replace(SLOT, (_, slot: string) => settings.auth[slot] ?? "").replace(/\/+$/, "");
  if (!URL.canParse(filled)) return problem(settings, "has a base_url that is no address");
  if (isAzure) return azureAddress(filled, settings.auth.api_version);
  return { baseUrl: filled, paths: preset?.paths ?? OPENAI_PATHS, query: {} };
}

/** Slots of the preset's own address: telling them beside a base_url is needless, not wrong. */
function presetSlots(preset: Preset | null): string[] {
  return [...(preset?.baseUrl ?? "").matchAll(SLOT)].map((match) => match[1] ?? "");
}

function problem(settings: ProviderSettings, what: string): ProviderProblem {
  return { problem: `provider ${settings.id} ${what}` };
}

/** Header names are lower-cased, so that a later one replaces an earlier one however it was written. */
function lowerCased(...sources: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const source of sources) {
    for (const [name, value] of Object.entries(source)) headers[name.toLowerCase()] = value;
  }
  return headers;
}

function told(timeouts: Partial<Timeouts>): Partial<Timeouts> {
  return Object.fromEntries(Object.entries(timeouts).filter(([, ms]) => ms !== undefined));
}
