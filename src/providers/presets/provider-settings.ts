import type { Timeouts } from "../contract.ts";

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
  /** Fills the slots of the address and tells the login; `api_version` is Azure's. What nobody uses is a mistake. */
  auth: Readonly<Record<string, string>>;
  headers: Readonly<Record<string, string>>;
  /** Default false. */
  takesMetadata: boolean | null;
}
