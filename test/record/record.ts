import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { joinSender } from "../../src/boot/join-sender.ts";
import { KNOWN } from "../../src/boot/start.ts";
import type { Config } from "../../src/config/config.ts";
import type { Environment } from "../../src/config/env.ts";
import { loadConfig } from "../../src/config/load.ts";
import { isConfigProblem } from "../../src/config/problem.ts";
import { systemClock } from "../../src/core/clock.ts";
import { isObject, type JsonObject, parseJson } from "../../src/core/json.ts";
import type { Target } from "../../src/providers/contract.ts";
import { DIALECTS } from "../../src/providers/dialects/list.ts";
import { type Asked, ask } from "./ask.ts";
import { expectedOf } from "./expected-of.ts";
import { filesOf, written } from "./files-of.ts";
import { leaksIn } from "./leaks.ts";
import { NAMED_REQUESTS } from "./requests.ts";
import { Scrubber } from "./scrub.ts";
import { type Problem, privatePlaces, type Subject, secretsOf, subjectOf } from "./subject.ts";

/** What was asked on the command line; absent = not told. */
export interface RecordOptions {
  provider: string;
  case: string;
  model?: string;
  /** Path of a request's JSON. */
  request?: string;
  stream?: boolean;
  /** Path of the configuration. */
  config?: string;
  /** Replaces a case of that name. */
  force?: boolean;
}

export interface RecordParts {
  environment: Environment;
  /** Relative paths start here. */
  cwd: string;
  /** `src/providers/dialects`. */
  dialectsFolder: string;
}

export interface Recorded {
  folder: string;
  status: number;
  /** What whoever recorded should know; sentences. */
  notes: string[];
}

const CASE_NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** Asks a provider once and keeps question and answer as a case of its dialect's fixtures; or says why not. */
export async function record(options: RecordOptions, parts: RecordParts): Promise<Recorded | Problem> {
  const { environment, cwd } = parts;
  const loaded = loadConfig({ environment, cwd, path: options.config, known: KNOWN });
  if (isConfigProblem(loaded)) return { problem: loaded.problems.join("; ") };
  const subject = subjectOf(options.provider, loaded.config, environment);
  if ("problem" in subject) return subject;
  const question = questionOf(options, subject, cwd);
  if ("problem" in question) return question;
  const folder = folderOf(options, subject, parts);
  if (existsSync(folder) && !options.force)
    return { problem: `${folder} is there already: choose another name, or --force` };

  const sender = joinSender(environment, systemClock, loaded.config.egress);
  const dialect = DIALECTS[subject.provider.dialect];
  const asked = await ask(sender, subject.provider, dialect, question.body, question.target);
  if ("problem" in asked) return asked;
  const notes = [
    ...notesOn(options, asked),
    "expected.json is what our dialect makes of it now: check it by hand",
  ];
  const problem = write(folder, question.body, asked, { subject, config: loaded.config, environment });
  return problem ?? { folder, status: asked.status, notes };
}

function folderOf(options: RecordOptions, { provider }: Subject, { dialectsFolder }: RecordParts): string {
  const plain = `${provider.id}-${options.case}`;
  const name = options.stream && !plain.endsWith("stream") ? `${plain}-stream` : plain;
  return join(dialectsFolder, provider.dialect, "fixtures", name);
}

interface Question {
  body: JsonObject;
  target: Omit<Target, "attachments">;
}

/** The named request or the file's, with its model and `stream`, and whom it is written for. */
function questionOf(options: RecordOptions, { provider, models }: Subject, cwd: string): Question | Problem {
  if (!CASE_NAME.test(options.case))
    return { problem: `${options.case} cannot be the name of a case: small letters, digits and hyphens` };
  const read =
    options.request === undefined ? namedRequest(options.case) : requestAt(resolve(cwd, options.request));
  if ("problem" in read) return read;
  const inRequest = typeof read.body.model === "string" ? read.body.model : undefined;
  const wanted = read.model ?? options.model ?? inRequest ?? models[0]?.id;
  if (wanted === undefined) return { problem: "no model was named: --model, or models in the configuration" };
  const model = models.find(({ id, upstream }) => id === wanted || upstream === wanted);
  return {
    body: { ...read.body, model: wanted, ...(options.stream && { stream: true }) },
    target: {
      upstreamModel: model?.upstream ?? wanted,
      quirks: provider.quirks,
      takesMetadata: provider.takesMetadata,
      maxOutputTokens: model?.maxOutput ?? null,
      ...(model?.context ? { declaredContext: model.context } : {}),
    },
  };
}

function namedRequest(name: string): { body: JsonObject; model?: string } | Problem {
  const named = Object.hasOwn(NAMED_REQUESTS, name) ? NAMED_REQUESTS[name] : undefined;
  const known = Object.keys(NAMED_REQUESTS).join(", ");
  return named ?? { problem: `there is no request ${name}: use one of ${known}, or --request <file>` };
}

function requestAt(path: string): { body: JsonObject; model?: string } | Problem {
  try {
    const body = parseJson(readFileSync(path, "utf8"));
    return isObject(body) ? { body } : { problem: `${path} holds no JSON object` };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    return { problem: `${path} cannot be read (${code})` };
  }
}

function notesOn({ case: name, request }: RecordOptions, { status, isCut }: Asked): string[] {
  const isRefused = status < 200 || status > 299;
  const wantsRefusal = request === undefined && NAMED_REQUESTS[name]?.model !== undefined;
  return [
    ...(isRefused ? [`the provider refused with status ${status}, and that is what was recorded`] : []),
    ...(wantsRefusal && !isRefused ? ["an error was asked for, and the provider answered"] : []),
    ...(isCut ? ["the answer broke off: it was recorded up to there"] : []),
  ];
}

interface Known {
  subject: Subject;
  config: Config;
  environment: Environment;
}

/** Writes the case's folder, all or nothing: not while anything of a secret is in it. */
function write(folder: string, body: JsonObject, asked: Asked, known: Known): Problem | null {
  const { subject, config, environment } = known;
  // Only now: what was fetched to log in with is among them.
  const secrets = secretsOf(subject, config, environment);
  const inBase64 = secrets.map(({ text }) => Buffer.from(text).toString("base64"));
  const hidden = [...secrets.map(({ text }) => text), ...inBase64].map((text) => ({ text }));
  const made = filesOf(body, asked, new Scrubber([...hidden, ...privatePlaces(subject, config)]));
  if ("problem" in made) return made;
  const expected = expectedOf(DIALECTS[subject.provider.dialect], made.it);
  const files = { ...made.files, "expected.json": Buffer.from(written(expected)) };
  const texts = Object.entries(files).map(([name, bytes]) => [name, bytes.toString("utf8")]);
  const leaks = leaksIn(Object.fromEntries(texts), secrets);
  if (leaks.length > 0) return { problem: `nothing was written: ${leaks.join("; ")}` };
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  return null;
}
