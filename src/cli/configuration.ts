import { type LoadedConfig, loadConfig } from "../config/load.ts";
import { type ConfigProblem, isConfigProblem } from "../config/problem.ts";
import { buildProvider } from "../providers/presets/build.ts";
import { withEnvironment } from "../providers/presets/from-environment.ts";
import { presetOf } from "../providers/presets/list.ts";
import type { Context } from "./context.ts";

/** The configuration as a start would judge it: the file's own mistakes, and providers that could not be built from it. */
export function readConfiguration(
  { environment, cwd, known }: Context,
  path: string | undefined,
): LoadedConfig | ConfigProblem {
  const loaded = loadConfig({ environment, cwd, path, known });
  if (isConfigProblem(loaded)) return loaded;
  const problems = loaded.config.providers.flatMap((provider, index) => {
    const preset = provider.preset === null ? null : presetOf(provider.preset);
    const settings = withEnvironment(provider, preset, environment.value);
    const built = buildProvider(settings, preset, `providers[${index}]`);
    return "problem" in built ? [built.problem] : [];
  });
  return problems.length > 0 ? { path: loaded.path, problems } : loaded;
}
