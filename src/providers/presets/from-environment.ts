import type { Preset } from "../contract.ts";
import { loginFromEnvironment, toldSettings } from "./login.ts";
import type { ProviderSettings } from "./provider-settings.ts";

/** A variable's value; null = not set. */
export type Variable = (name: string) => string | null;

/**
 * The settings with what the environment adds to a preset: parts of its address, and its credential where the operator
 * told none. Not the credential where the operator gave another address, because one only ever goes where it was
 * meant for.
 */
export function withEnvironment<Settings extends ProviderSettings>(
  settings: Settings,
  preset: Preset | null,
  variable: Variable,
): Settings {
  if (!preset) return settings;
  const auth: Record<string, string> = { ...settings.auth };
  for (const [slot, names] of Object.entries(preset.slotEnvs ?? {})) {
    const value = auth[slot] ?? firstOf(names, variable);
    if (value !== null) auth[slot] = value;
  }
  const { login } = preset;
  const isTold = settings.apiKey !== null || (login !== undefined && toldSettings(login, auth).length > 0);
  if (isTold || settings.baseUrl !== null) return { ...settings, auth };
  const apiKey = firstOf(keyVariables(preset), variable);
  if (apiKey !== null || login === undefined) return { ...settings, auth, apiKey };
  return { ...settings, auth: { ...auth, ...loginFromEnvironment(login, variable) } };
}

/** The variables of a preset's key, in the order in which they are looked at. */
export function keyVariables({ keyEnv, otherKeyEnvs }: Preset): readonly string[] {
  return keyEnv === null ? [] : [keyEnv, ...(otherKeyEnvs ?? [])];
}

function firstOf(names: readonly string[], variable: Variable): string | null {
  for (const name of names) {
    const value = variable(name);
    if (value !== null) return value;
  }
  return null;
}
