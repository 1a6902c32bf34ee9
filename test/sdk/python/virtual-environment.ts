import { existsSync, mkdtempSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

/** The versions of the package the script is written for. */
const PACKAGE = "openai>=2,<4";
/** For everything here together, downloads included; measured: 13 s with a registry near by, 1 s once it is kept. */
const TIMEOUT_MS = 60_000;

/** A Python that can import `openai`, or what this machine lacks for one. */
export type Python =
  | { python: string }
  | { missing: "python3" | "venv" | "pip"; exitCode: number | null; said: string };

/**
 * A virtual environment in the temporary folder, kept there under a name of its own for the next run. It is made
 * beside and then renamed, so that nobody ever finds half of one; of several made at once the first stays.
 */
export async function pythonWithOpenai(): Promise<Python> {
  const base = Bun.which("python3");
  if (base === null) return { missing: "python3", exitCode: null, said: "there is no python3 in the PATH" };
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const series = await run(base, ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"], signal);
  const { uid } = userInfo();
  const kept = join(tmpdir(), `nyuro-test-python${series.out.trim()}-openai-${uid}`);
  const known = await usable(kept, uid, signal);
  if (known) return known;
  const folder = mkdtempSync(join(tmpdir(), "nyuro-test-python-"));
  try {
    const made = join(folder, "venv");
    const venv = await run(base, ["-m", "venv", made], signal);
    if (venv.exitCode !== 0) return { missing: "venv", exitCode: venv.exitCode, said: venv.out };
    const install = ["-m", "pip", "install", "--quiet", "--retries", "1", "--timeout", "15", PACKAGE];
    const pip = await run(join(made, "bin/python"), install, signal);
    if (pip.exitCode !== 0) return { missing: "pip", exitCode: pip.exitCode, said: pip.out };
    return await keep(made, kept, uid, signal);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function keep(made: string, kept: string, uid: number, signal: AbortSignal): Promise<Python> {
  try {
    renameSync(made, kept);
  } catch {
    const others = await usable(kept, uid, signal);
    if (others) return others;
    // One that works no more: the Python it was made with is gone.
    rmSync(kept, { recursive: true, force: true });
    renameSync(made, kept);
  }
  const python = await usable(kept, uid, signal);
  if (!python) throw new Error(`openai was installed into ${kept}, but cannot be imported`);
  return python;
}

/** Null where there is none yet. One that another user put there is not trusted. */
async function usable(folder: string, uid: number, signal: AbortSignal): Promise<Python | null> {
  if (!existsSync(folder) || statSync(folder).uid !== uid) return null;
  const python = join(folder, "bin/python");
  if (!existsSync(python)) return null;
  const { exitCode } = await run(python, ["-c", "import openai, pydantic"], signal);
  return exitCode === 0 ? { python } : null;
}

async function run(command: string, args: string[], signal: AbortSignal) {
  try {
    const child = Bun.spawn([command, ...args], { stdin: "ignore", stderr: "pipe", signal });
    const [out, errors] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
    return { exitCode: child.exitCode, out: out + errors };
  } catch (error) {
    // It could not even be started, or the time was up before.
    return { exitCode: null, out: String(error) };
  }
}
