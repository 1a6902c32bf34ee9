import type { Config, ModelConfig, ProviderConfig } from "../../src/config/config.ts";
import type { Environment } from "../../src/config/env.ts";
import { didYouMean } from "../../src/config/nearest.ts";
import { secretsIn } from "../../src/providers/authorize/secrets.ts";
import type { Preset, Provider } from "../../src/providers/contract.ts";
import { buildProvider } from "../../src/providers/presets/build.ts";
import { keyVariables, withEnvironment } from "../../src/providers/presets/from-environment.ts";
import { PRESETS, presetOf } from "../../src/providers/presets/list.ts";
import type { ProviderSettings } from "../../src/providers/presets/provider-settings.ts";
import { type Secret, SHORTEST_SECRET } from "./leaks.ts";
import type { Private } from "./scrub.ts";

/** Who is asked. */
export interface Subject {
  provider: Provider;
  /** The models that the configuration declares. */
  models: readonly ModelConfig[];
}

export interface Problem {
  problem: string;
}

const UNTOLD: Omit<ProviderSettings, "id"> = {
  dialect: null,
  baseUrl: null,
  apiKey: null,
  local: null,
  timeouts: {},
  auth: {},
  headers: {},
  takesMetadata: null,
};

/** The provider of that id in the configuration, else the preset with what the environment adds. */
export function subjectOf(id: string, { providers }: Config, environment: Environment): Subject | Problem {
  const configured = providers.find((provider) => provider.id === id);
  const preset = presetOf(configured ? (configured.preset ?? "") : id);
  if (!configured && !preset) {
    const known = [...providers.map((provider) => provider.id), ...PRESETS.map((known) => known.id)];
    return {
      problem: `there is no provider ${id} in the configuration, and no such preset${didYouMean(id, known)}`,
    };
  }
  const settings = withEnvironment(configured ?? { id, ...UNTOLD }, preset, environment.value);
  const provider = buildProvider(settings, preset);
  if ("problem" in provider) return provider;
  // A server of the operator's own may need none.
  if (preset && settings.baseUrl === null && lacksKey(provider, preset))
    return {
      problem: `${id} has no key: set ${keyVariables(preset).join(" or ")}, or its api_key in the configuration`,
    };
  return { provider, models: configured?.models ?? [] };
}

function lacksKey({ auth, apiKey }: Provider, { keyEnv }: Preset): boolean {
  return keyEnv !== null && auth.kind !== "credentials" && apiKey === null;
}

const SECRET_NAME = /key|token|secret|password|credential|authorization|cookie/i;

/** Every secret that the operator told anywhere, the other providers' too: what is written must hold none. */
export function secretsOf({ provider }: Subject, { providers }: Config, environment: Environment): Secret[] {
  const variables = [
    "NYURO_SECRET",
    "NYURO_API_KEY",
    "NYURO_BOOTSTRAP_KEY",
    ...PRESETS.flatMap(keyVariables),
  ].concat(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AZURE_CLIENT_SECRET"]);
  const told = [
    { name: `the key of ${provider.id}`, text: provider.apiKey ?? "" },
    ...(provider.credentials ? secretsIn(provider.credentials) : []).map((text) => ({
      name: `the login of ${provider.id}`,
      text,
    })),
    ...variables.map((name) => ({ name, text: environment.value(name) ?? "" })),
    ...providers.flatMap(secretsToldIn),
  ];
  return told.filter(({ text }) => text.length >= SHORTEST_SECRET);
}

function secretsToldIn({ id, apiKey, auth, headers }: ProviderConfig): Secret[] {
  const named = [...Object.entries(auth), ...Object.entries(headers)].filter(([name]) =>
    SECRET_NAME.test(name),
  );
  return [
    { name: `the key of ${id}`, text: apiKey ?? "" },
    ...named.map(([name, text]) => ({ name: `${name} of ${id}`, text })),
  ];
}

/** What would tell whose provider it is: where it stands, where that is not the preset's place, and its account. */
export function privatePlaces({ provider }: Subject, { providers }: Config): Private[] {
  const preset = provider.presetId === null ? null : presetOf(provider.presetId);
  const settings = providers.find(({ id }) => id === provider.id)?.auth ?? {};
  const accounts = ["project", "resource", "tenant_id", "client_id"].flatMap((name) => settings[name] ?? []);
  const { host, hostname } = new URL(provider.baseUrl);
  const isPresets = preset?.baseUrl.includes(hostname) === true;
  return [
    ...(isPresets ? [] : [host, hostname].map((text) => ({ text, instead: "provider.example" }))),
    ...accounts
      .filter((text) => text.length >= SHORTEST_SECRET)
      .map((text) => ({ text, instead: "someones" })),
  ];
}
