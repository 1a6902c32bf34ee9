import { didYouMean } from "../../config/nearest.ts";
import type { DialectId, Preset, Provider } from "../contract.ts";
import { azure } from "./azure.ts";
import { azureAddress } from "./azure-address.ts";
import type { Ways } from "./dialect-ways.ts";
import { type Lack, loginSettings } from "./login.ts";
import { ollama } from "./ollama.ts";
import { ollamaAddress } from "./ollama-address.ts";
import type { ProviderSettings } from "./provider-settings.ts";
import { vertex } from "./vertex.ts";
import { vertexAddress } from "./vertex-address.ts";

/** Where a provider is, and what follows from where it is. */
export type Address = Pick<Provider, "dialect" | "baseUrl" | "paths" | "query" | "quirks">;

const SLOT = /\{([a-z_]+)\}/g;
/** What may stand in a host name or a path segment: a slot never changes where the address leads otherwise. */
const SLOT_VALUE = /^[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?$/;

/** The base URL told, else the preset's, with its slots filled from `auth`. A setting of `auth` that nobody uses is a mistake. */
export function addressOf(
  settings: ProviderSettings,
  preset: Preset | null,
  dialect: DialectId,
  ways: Ways,
): Address | Lack {
  const template = settings.baseUrl ?? preset?.baseUrl;
  if (template === undefined) return { lack: "needs a base_url or a preset" };
  if (settings.baseUrl === null && !speaks(preset, dialect))
    return { lack: `needs its own base_url to speak the dialect ${dialect}` };
  const slots = slotsOf(template);
  const used = [...slots, ...slotsOf(preset?.baseUrl ?? ""), ...otherSettings(preset, ways)];
  const unused = Object.keys(settings.auth).find((name) => !used.includes(name));
  if (unused !== undefined) return { lack: `does not use auth.${unused}${didYouMean(unused, used)}` };
  for (const slot of slots) {
    const value = settings.auth[slot];
    if (value === undefined)
      return { lack: `needs auth.${slot}${orVariable(preset, slot)}, or its own base_url` };
    if (!SLOT_VALUE.test(value)) return { lack: `has an auth.${slot} that cannot be part of an address` };
  }
  const filled = template.replace(SLOT, (_, slot: string) => settings.auth[slot] ?? "").replace(/\/+$/, "");
  if (!URL.canParse(filled)) return { lack: "has a base_url that is no address" };
  const { paths, quirks = {} } = ways;
  const plain = { dialect, baseUrl: filled, paths, query: {}, quirks };
  return { ...plain, ...departure(plain, settings, preset) };
}

/** Whether a preset's own address is one of the dialect. Ollama's is one of two. */
function speaks(preset: Preset | null, dialect: DialectId): boolean {
  return preset?.dialect === dialect || (preset?.id === ollama.id && dialect === "openai");
}

/** What is different from the base URL as written and the paths that belong to it. */
function departure(
  { dialect, baseUrl }: Address,
  { auth, dialect: told }: ProviderSettings,
  preset: Preset | null,
): Partial<Address> {
  if (preset?.id === azure.id) return azureAddress(baseUrl, auth.api_version);
  if (preset?.id === vertex.id) return { baseUrl: vertexAddress(baseUrl) };
  if (preset?.id === ollama.id && (dialect === "ollama" || dialect === "openai"))
    return ollamaAddress(baseUrl, told === null ? null : dialect);
  if (dialect === "ollama") return ollamaAddress(baseUrl, dialect);
  // Both are told with and without the version.
  if (dialect === "anthropic" && !baseUrl.endsWith("/v1")) return { baseUrl: `${baseUrl}/v1` };
  if (dialect === "gemini" && new URL(baseUrl).pathname === "/") return { baseUrl: `${baseUrl}/v1beta` };
  return {};
}

function otherSettings(preset: Preset | null, { login }: Ways): readonly string[] {
  const own = login === undefined ? [] : loginSettings(login);
  return preset?.id === azure.id ? [...own, "api_version"] : own;
}

function slotsOf(template: string): string[] {
  return [...template.matchAll(SLOT)].map((match) => match[1] ?? "");
}

function orVariable(preset: Preset | null, slot: string): string {
  const [name] = preset?.slotEnvs?.[slot] ?? [];
  return name === undefined ? "" : ` (or ${name})`;
}
