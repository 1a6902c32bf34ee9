import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readEnvironment } from "./env.ts";
import { type LoadedConfig, loadConfig } from "./load.ts";
import { type ConfigProblem, isConfigProblem } from "./problem.ts";

/** For tests: a folder of its own, which `remove` takes away. */
export interface Scratch {
  folder: string;
  write(name: string, content: string | Uint8Array): string;
  /** Loads `nyuro.yaml` of that content with these variables. */
  load(content: string, env?: Record<string, string>): LoadedConfig | ConfigProblem;
  remove(): void;
}

export const KNOWN = { presets: ["openai", "azure", "groq", "ollama"], dialects: ["openai"] };

export function scratch(): Scratch {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "nyuro-config-")));
  const write = (name: string, content: string | Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  return {
    folder,
    write,
    load(content, env = {}) {
      const environment = readEnvironment(env);
      if (isConfigProblem(environment)) return environment;
      write("nyuro.yaml", content);
      return loadConfig({ environment, cwd: folder, known: KNOWN });
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export function problemsOf(result: LoadedConfig | ConfigProblem): readonly string[] {
  return isConfigProblem(result) ? result.problems : [];
}

/** The configuration, or an exception that says why there is none. */
export function configOf(result: LoadedConfig | ConfigProblem): LoadedConfig {
  if (isConfigProblem(result)) throw new Error(result.problems.join("\n"));
  return result;
}
