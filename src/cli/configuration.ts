import { type LoadedConfig, loadConfig } from "../config/load.ts";
import { type ConfigProblem, isConfigProblem } from "../config/problem.ts";
import { buildProvider } from "../providers/presets/build.ts";
import { presetOf } from "../providers/presets/list.ts";
import type { Context } from "./context.ts";

/** The configuration as a start would judge it: the file's own mistakes, and providers that could not be built from it. */
export function readConfiguration(
  { environment, cwd, known }: Context,
  path: string | undefined,
): LoadedConfig | ConfigProblem {
  const loaded = loadConfig({ environment, cwd, path, known });
  if (isConfigProblem(loaded)) return loaded;
  const problems = loaded.config.providers.flatMap((provider) => {
    const built = buildProvider(provider, provider.preset === null ? null : presetOf(provider.preset));
    return "problem" in built ? [built.problem] : [];
  });
  return problems.length > 0 ? { path: loaded.path, problems } : loaded;
}
