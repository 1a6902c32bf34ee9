import type { ProviderConfig } from "../../config/config.ts";
import { showPath } from "../../config/problem.ts";
import { readProviderBody } from "../../config/provider-body.ts";
import { type ApiError, invalidField } from "../../core/errors.ts";
import type { JsonObject } from "../../core/json.ts";
import type { AddressPolicy } from "../address-policy.ts";
import type { Preset, Provider } from "../contract.ts";
import { buildProvider, originOf } from "../presets/build.ts";
import { DIALECT_IDS } from "../presets/dialect-ways.ts";
import { PRESETS, presetOf } from "../presets/list.ts";
import { splitBody } from "./provider-body.ts";
import { toldAddressRefusal } from "./told-address.ts";

const KNOWN = { presets: PRESETS.map(({ id }) => id), dialects: DIALECT_IDS };

/** A body that makes a provider. */
export interface Checked {
  config: ProviderConfig;
  /** Where its calls, and with them its secrets, go. */
  origin: string;
  provider: Provider;
}

/** Reads a body as the configuration file's words for one provider. `policy` null = its address is not judged. */
export function checkBody(body: JsonObject, policy: AddressPolicy | null): Checked | { refusal: ApiError } {
  const read = readProviderBody(body, KNOWN);
  if ("mistake" in read) {
    const { path, reason } = read.mistake;
    const param = path.length === 0 ? null : showPath(path);
    return wrong(param, `${param === null ? "The provider" : `\`${param}\``} ${reason}.`);
  }
  const { config } = read;
  const preset = knownPreset(config);
  const built = buildProvider(config, preset, "The provider");
  if ("problem" in built) return wrong(fieldIn(built.problem), `${built.problem}.`);
  const refused = policy && toldAddressRefusal(built.baseUrl, built.local, policy);
  if (refused) return wrong("base_url", `\`base_url\` ${refused}.`);
  const origin = originOfSettings(splitBody(body).settings);
  if (origin === null) return wrong("base_url", "`base_url` must not be made of a secret.");
  return { config, origin, provider: built };
}

/** Where the calls of these settings go, whatever their secrets are; null = they make no provider. */
export function originOfSettings(settings: JsonObject): string | null {
  const read = readProviderBody(settings, KNOWN);
  if ("mistake" in read) return null;
  const origin = originOf(read.config, knownPreset(read.config));
  return typeof origin === "string" ? origin : null;
}

/** Without the variables that fill its address: what comes by API takes nothing from the server's environment. */
function knownPreset({ preset }: ProviderConfig): Preset | null {
  const known = preset === null ? null : presetOf(preset);
  return known && { ...known, slotEnvs: undefined };
}

/** Sentences about an address or a login name the field that is wrong before any other. */
function fieldIn(problem: string): string | null {
  return /\b(?:auth\.[a-z_]+|api_key|base_url)\b/.exec(problem)?.[0] ?? null;
}

function wrong(param: string | null, message: string): { refusal: ApiError } {
  return { refusal: invalidField(param, message) };
}
