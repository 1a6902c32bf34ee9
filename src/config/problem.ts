/** Why a configuration is refused: every mistake that was found, one sentence each, never holding a secret. */
export interface ConfigProblem {
  /** The file concerned; null = the environment, or no file. */
  path: string | null;
  /** At least one. */
  problems: readonly string[];
}

export function isConfigProblem(value: object): value is ConfigProblem {
  return "problems" in value;
}

export type Path = readonly PropertyKey[];

const PLAIN_KEY = /^[A-Za-z_$][\w$-]*$/;
const LONGEST_SHOWN_KEY = 64;

/** `providers[0].base_url`; keys that are no plain words are quoted and clipped; the root is `the file`. */
export function showPath(path: Path): string {
  let shown = "";
  for (const part of path) {
    if (typeof part === "number") shown += `[${part}]`;
    else if (PLAIN_KEY.test(String(part))) shown += `${shown === "" ? "" : "."}${String(part)}`;
    else shown += `[${JSON.stringify(String(part).slice(0, LONGEST_SHOWN_KEY))}]`;
  }
  return shown === "" ? "the file" : shown;
}
