import { hkdfSync } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { randomBase62 } from "../core/ids.ts";
import { getMeta, setMeta } from "../store/meta-table.ts";
import type { Store } from "../store/open.ts";
import { type HashSecret, secretHasher } from "./secret.ts";

const FINGERPRINT = "pepper_fingerprint";

/** In the data folder, where NYURO_SECRET is not set. */
export const SECRET_FILE = "secret";

/** What is made of the secret of a data folder; the secret itself is kept nowhere. */
export interface Pepper {
  hashSecret: HashSecret;
  /** 32 bytes for one purpose, by HKDF-SHA-256: no purpose can be told from another's. */
  keyFor(purpose: string): Uint8Array;
}

/** One clear sentence for the operator; the keys cannot be used. */
export interface PepperProblem {
  problem: string;
}

export interface PepperOptions {
  dataDir: string;
  /** NYURO_SECRET; null or empty = the file `secret` in the data folder, made at the first start. */
  secret: string | null;
  store: Store;
}

/**
 * The pepper of this data folder. All stored hashes depend on it, so a fingerprint of the first one is kept: with
 * another, every key would silently be unknown.
 */
export async function loadPepper({ dataDir, secret, store }: PepperOptions): Promise<Pepper | PepperProblem> {
  const known = await getMeta(store.queries, FINGERPRINT);
  const text = secret ? secret : pepperOfFile(join(dataDir, SECRET_FILE), known !== null);
  if (typeof text !== "string") return text;
  const pepper = pepperOf(text);
  const fingerprint = pepper.hashSecret("nyuro pepper fingerprint");
  if (known === null) {
    await store.writes.run(setMeta(store.queries, FINGERPRINT, fingerprint));
    return pepper;
  }
  if (known === fingerprint) return pepper;
  const source = secret ? "NYURO_SECRET" : `The file ${join(dataDir, SECRET_FILE)}`;
  return {
    problem: `${source} is not the secret the keys in ${dataDir} were made with; none of them would work.`,
  };
}

export function pepperOf(secret: string): Pepper {
  return {
    hashSecret: secretHasher(secret),
    keyFor: (purpose) => new Uint8Array(hkdfSync("sha256", secret, "nyuro", purpose, 32)),
  };
}

/** `expected`: the store has keys already, so a missing file is a loss, not a first start. */
function pepperOfFile(file: string, expected: boolean): string | PepperProblem {
  try {
    if (existsSync(file)) {
      const pepper = readFileSync(file, "utf8").trim();
      return pepper === ""
        ? { problem: `The file ${file} is empty; restore it or set NYURO_SECRET.` }
        : pepper;
    }
    if (expected)
      return { problem: `The file ${file} is missing; restore it or set NYURO_SECRET to what it held.` };
    return writePepper(file);
  } catch (error) {
    return {
      problem: `The file ${file} cannot be used: ${error instanceof Error ? error.message : String(error)}.`,
    };
  }
}

function writePepper(file: string): string {
  const pepper = randomBase62(43);
  const descriptor = openSync(file, "wx", 0o600);
  try {
    writeSync(descriptor, `${pepper}\n`);
    // The first key is hashed with it next: it must not be the one that survives a power cut.
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  return pepper;
}
