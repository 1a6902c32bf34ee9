import { isObject, type JsonObject } from "../core/json.ts";
import type { ProviderConfig } from "./config.ts";
import { type Known, providerMistakes } from "./cross-checks.ts";
import type { Path } from "./problem.ts";
import { providerSchema } from "./provider-schema.ts";
import { type Mistake, mistakesOf } from "./sentences.ts";
import { toProvider } from "./to-config.ts";

/** No provider nests deeper; what does is somebody's try. */
const DEEPEST = 20;
/** Where a single provider would lie in a configuration file. */
const IN_FILE: Path = ["providers", 0];
/** Names a file or a section of files on the server, which no caller may choose. */
const FILE_SETTINGS = ["credentials_file", "profile"];

/**
 * One provider that came as JSON, from somebody who may not read this machine's files and environment: in the words of
 * the configuration file, checked as there, but nothing is interpolated and no file is named. Else the first mistake.
 */
export function readProviderBody(
  body: JsonObject,
  known: Known,
): { config: ProviderConfig } | { mistake: Mistake } {
  const unusable = unusableIn(body, []) ?? fileSettingIn(body);
  if (unusable) return { mistake: unusable };
  const parsed = providerSchema.safeParse(body);
  const misshapen = parsed.success ? [] : mistakesOf(parsed.error.issues, body, IN_FILE);
  const [mistake] = [...misshapen, ...providerMistakes(body, [], known)];
  if (mistake) return { mistake };
  return { config: toProvider(providerSchema.parse(body), "/") };
}

function fileSettingIn({ auth }: JsonObject): Mistake | null {
  const named = FILE_SETTINGS.find((name) => isObject(auth) && auth[name] !== undefined);
  if (named === undefined) return null;
  return {
    path: ["auth", named],
    reason: "names a file of the server, which only the configuration file may do",
  };
}

/** The first text or key that may not come from outside. */
export function unusableIn(value: unknown, path: Path): Mistake | null {
  if (path.length > DEEPEST) return { path: path.slice(0, 3), reason: "is nested too deeply" };
  if (typeof value === "string") {
    if (!value.includes("${")) return null;
    return {
      path,
      reason: "holds ${…}, which is not filled in here: it would read the server's files or environment",
    };
  }
  if (typeof value !== "object" || value === null) return null;
  const entries: [PropertyKey, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  for (const [key, entry] of entries) {
    if (key === "__proto__") return { path: [...path, key], reason: "is not a usable key" };
    const found = unusableIn(entry, [...path, key]);
    if (found) return found;
  }
  return null;
}
