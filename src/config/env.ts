import type { ConfigProblem } from "./problem.ts";
import { host as hostSchema } from "./scalars.ts";
import { LOG_LEVELS, type LogLevel } from "./words.ts";

/** What the environment says. Null = not set; an empty variable counts as not set. */
export interface Environment {
  /** `NYURO_HOST`; wins over the file. */
  host: string | null;
  /** `NYURO_PORT`, else `PORT`; wins over the file. */
  port: number | null;
  /** `NYURO_DATA_DIR`, as written; wins over the file. */
  dataDir: string | null;
  /** `NYURO_CONFIG`, as written. */
  configPath: string | null;
  /** `NYURO_SECRET`; null = kept in the data folder. */
  secret: string | null;
  /** `NYURO_LOG_LEVEL`; `info` by default. */
  logLevel: LogLevel;
  /** `NYURO_BOOTSTRAP_KEY`: becomes the first key of an empty store. */
  bootstrapKey: string | null;
  /** `NYURO_URL`: the server the CLI talks to. */
  url: string | null;
  /** `NYURO_API_KEY`: the key the CLI uses. */
  apiKey: string | null;
  /** Any other variable, such as a provider's key. */
  value(name: string): string | null;
}

const RESERVED = ["NYURO_DATABASE_URL", "NYURO_REDIS_URL"] as const;
const BOOTSTRAP_KEY = /^neu_live_[A-Za-z0-9_-]{32,512}$/;

type Lookup = (name: string) => string | null;

/** `NYURO_PORT` wins over `PORT`; only the one that counts is judged. */
function readPort(value: Lookup, problems: string[]): number | null {
  const name = value("NYURO_PORT") === null ? "PORT" : "NYURO_PORT";
  const text = value(name);
  if (text === null) return null;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  problems.push(`${name} must be a whole number from 0 to 65535 (0 = any free port)`);
  return null;
}

function readHost(value: Lookup, problems: string[]): string | null {
  const host = value("NYURO_HOST");
  if (host === null || hostSchema.safeParse(host).success) return host;
  problems.push("NYURO_HOST must be a host name or an IP address, without scheme and port");
  return null;
}

function readLogLevel(value: Lookup, problems: string[]): LogLevel {
  const text = value("NYURO_LOG_LEVEL");
  if (text === null) return "info";
  const level = LOG_LEVELS.find((known) => known === text.toLowerCase());
  if (level === undefined) problems.push(`NYURO_LOG_LEVEL must be one of ${LOG_LEVELS.join(", ")}`);
  return level ?? "info";
}

function readBootstrapKey(value: Lookup, problems: string[]): string | null {
  const key = value("NYURO_BOOTSTRAP_KEY");
  if (key === null || BOOTSTRAP_KEY.test(key)) return key;
  problems.push(
    "NYURO_BOOTSTRAP_KEY must be neu_live_ followed by 32 or more of A-Z, a-z, 0-9, hyphen and underscore",
  );
  return null;
}

/** The only place that reads the process's environment. What is wrong with it is returned; no value is ever shown. */
export function readEnvironment(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Environment | ConfigProblem {
  const value: Lookup = (name) => (Object.hasOwn(env, name) && env[name] ? env[name] : null);
  const problems: string[] = RESERVED.filter((name) => value(name) !== null).map(
    (name) => `${name} is reserved and not built yet; remove it`,
  );
  const environment: Environment = {
    host: readHost(value, problems),
    port: readPort(value, problems),
    dataDir: value("NYURO_DATA_DIR"),
    configPath: value("NYURO_CONFIG"),
    secret: value("NYURO_SECRET"),
    logLevel: readLogLevel(value, problems),
    bootstrapKey: readBootstrapKey(value, problems),
    url: value("NYURO_URL"),
    apiKey: value("NYURO_API_KEY"),
    value,
  };
  return problems.length > 0 ? { path: null, problems } : environment;
}
