import type { DialectId, Operation, Preset } from "../contract.ts";
import { DIALECTS } from "../dialects/list.ts";
import { DIALECT_IDS } from "../presets/dialect-ways.ts";
import { keyVariables } from "../presets/from-environment.ts";
import { PRESETS } from "../presets/list.ts";
import { loginFromEnvironment } from "../presets/login.ts";
import { cell, code, merged, table } from "./cells.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import type { Sample } from "./sample.ts";
import { CHAT_SAMPLES, EMBEDDING_SAMPLES } from "./samples.ts";
import { EMBEDDING_MODELS, MODELS_OF_PRESETS, OTHER_MODELS, SHOWN_MODELS, targetFor } from "./targets.ts";

const INTRODUCTION = `# Providers

<!-- Written by src/providers/document/write-page.ts (npm run docs); change the presets and dialects, not this page. -->

A **preset** says where a provider is and how it is greeted; a **dialect** is the language it speaks. Any other server is
named with its \`base_url\` and its \`dialect\` (\`openai\` where none is told): [configuration.md](configuration.md).
`;

const PART = "part of the request";
const OPERATIONS: readonly Operation[] = ["chat", "embeddings", "models"];

/** `docs/providers.md`. All of it is asked of the presets and dialects themselves. */
export function providersPage(): string {
  return `${[
    INTRODUCTION,
    "## Presets\n",
    "The credential is the configuration's, or the environment's; of several variables the first that is set counts.",
    "*Embeddings* says how many texts go into one call; more are sent in several. *Models* says whether the provider is",
    "asked for its list of models.\n",
    table(
      ["provider", "id", "dialect", "environment", "sent as", "base URL", ...OPERATIONS],
      [...PRESETS.filter(({ local }) => !local), ...PRESETS.filter(({ local }) => local)].map(presetRow),
    ),
    ...fieldsSection(),
    ...modelsSection(),
    ...embeddingsSection(),
    ...presetsSection(),
  ].join("\n")}\n`;
}

function presetRow(preset: Preset): string[] {
  const { name, docs, id, dialect, baseUrl, local } = preset;
  return [
    `[${name}](${docs})${local ? ", local" : ""}`,
    code(id),
    code(dialect),
    variablesOf(preset),
    sentAs(preset),
    code(baseUrl),
    ...OPERATIONS.map((operation) => offers(preset, operation)),
  ];
}

/** Those of the credential, each way of its own, and those that fill the address. */
function variablesOf(preset: Preset): string {
  const keys = keyVariables(preset).map((name) => [name]);
  const slots = Object.entries(preset.slotEnvs ?? {}).map(([slot, names]) => {
    return `${names.map(code).join(" or ")} for ${code(slot)}`;
  });
  const credentials = [...keys, ...loginVariables(preset)].map((names) => names.map(code).join(" "));
  const needed = credentials.length === 0 ? "none needed" : credentials.join(" or ");
  return [needed, ...slots].join("; ");
}

/** What a login asks the environment for, in the order in which it does. */
function loginVariables({ login }: Preset): string[][] {
  if (login === undefined) return [];
  const asked: string[] = [];
  loginFromEnvironment(login, (name) => {
    asked.push(name);
    return null;
  });
  return [asked];
}

const LOGINS = {
  aws: "a signature of AWS's",
  google: "a service account's token",
  entra: "a token of Entra ID",
} as const;

function sentAs({ auth, login }: Preset): string {
  const other = login === undefined ? "" : LOGINS[login];
  const orOther = other === "" ? "" : `, or ${other}`;
  switch (auth.kind) {
    case "credentials":
      return other;
    case "none":
      return "nothing";
    case "bearer":
      return `bearer${orOther}`;
    case "header":
      return `${code(auth.name)}${orOther}`;
    case "query":
      return `${code(auth.name)} in the query${orOther}`;
  }
}

function offers({ paths, embeddingBatch }: Preset, operation: Operation): string {
  if (paths[operation] === undefined) return "no";
  return operation === "embeddings" && embeddingBatch !== undefined ? `${embeddingBatch} a call` : "yes";
}

const LEGEND = `## What becomes of a request

What a dialect does with each part of a request, for a server of which nothing else is known. Each was asked to write it.

- *forwarded*: it goes upstream as it is.
- *translated*, or the names of the provider's own fields: it goes in other words. What is *dropped* behind them is named
  as below: the provider has something like it, but not quite that.
- *dropped*: it does not go, and the reply's \`X-Nyuro-Dropped-Params\` names it.
- *left out*: it does not go and is not named: the provider does so anyway, the gateway does it, or it means nothing there.
- *refused*: without it the answer would be another one, so this provider is passed over and the next one asked.

A provider of the dialect \`openai\` gets every field, known or not, as it came. \`metadata\` goes to those of them whose
configuration says \`takes_metadata: true\`. What other dialects do can hang on the model. The models here:
`;

function fieldsSection(): string[] {
  const models = DIALECT_IDS.filter((id) => OTHER_MODELS[id]).map(
    (id) => `${code(SHOWN_MODELS[id])} (${id})`,
  );
  const rows = CHAT_SAMPLES.map((sample) => ({
    ...sample,
    cells: DIALECT_IDS.map((id) => cell(chatOutcome(id, SHOWN_MODELS[id], null, sample))),
  }));
  return [`\n${LEGEND}${models.join(", ")}.\n`, table([PART, ...DIALECT_IDS], merged(rows))];
}

/** By dialect, what is different with other models than the shown one. */
function modelsSection(): string[] {
  const tables = DIALECT_IDS.flatMap((id) => {
    const models = [SHOWN_MODELS[id], ...(OTHER_MODELS[id] ?? [])];
    const rows = CHAT_SAMPLES.map((sample) => ({
      ...sample,
      cells: models.map((model) => cell(chatOutcome(id, model, null, sample))),
    })).filter(({ cells }) => new Set(cells).size > 1);
    return rows.length === 0 ? [] : [`\n### ${code(id)}\n`, table([PART, ...models.map(code)], merged(rows))];
  });
  return ["\n## Where the model decides", "\nOnly what is not the same for all of these models.", ...tables];
}

function embeddingsSection(): string[] {
  const ids = DIALECT_IDS.filter((id) => EMBEDDING_MODELS[id] !== null);
  const rows = EMBEDDING_SAMPLES.map((sample) => ({
    ...sample,
    cells: ids.map((id) => cell(embeddingOutcome(id, null, sample))),
  }));
  const intro = "\n## Embeddings\n\nFloats or base64, as it was asked for, whatever the provider returns.\n";
  return [intro, table([PART, ...ids], merged(rows))];
}

const KINDS = ["forwarded", "translated", "dropped", "left out", "refused"] as const;

/** By preset, what is different from its dialect. */
function presetsSection(): string[] {
  const different = PRESETS.map((preset) => ({ preset, told: departuresOf(preset) }));
  const rows = different
    .filter(({ told }) => told.length > 0)
    .flatMap(({ preset, told }) => [rowOf(preset.name, told), ...modelRows(preset)]);
  const same = different.filter(({ told }) => told.length === 0).map(({ preset }) => preset.name);
  return [
    "\n## What is different with a preset\n",
    "Only what the dialect does not do already. A model beside a provider: what is different with that model as well.\n",
    table(["provider", ...KINDS], rows),
    ...(same.length === 0 ? [] : [`\nNothing is different with ${same.join(", ")}.`]),
  ];
}

/** Of a preset's models that fare otherwise, what is different with them as well. */
function modelRows(preset: Preset): string[][] {
  const usual = new Set(departuresOf(preset).map(sentence));
  return (MODELS_OF_PRESETS.get(preset.id) ?? []).map((model) => {
    const told = chatDepartures(preset, model).filter((it) => !usual.has(sentence(it)));
    return rowOf(`${preset.name}: ${code(model)}`, told);
  });
}

function rowOf(name: string, told: readonly Departure[]): string[] {
  return [name, ...KINDS.map((kind) => departures(told, kind))];
}

function sentence({ label, value, outcome }: Departure): string {
  return `${label} ${value} ${cell(outcome)}`;
}

interface Departure extends Pick<Sample, "label" | "value"> {
  outcome: Outcome;
}

function departuresOf(preset: Preset): Departure[] {
  const { dialect, paths } = preset;
  const embeddings = EMBEDDING_SAMPLES.map((sample) => {
    const of = (its: Preset | null) => embeddingOutcome(dialect, its, sample);
    return { ...sample, label: `${sample.label} of embeddings`, outcome: of(preset), usual: of(null) };
  });
  return [
    ...(paths.chat ? chatDepartures(preset, SHOWN_MODELS[dialect]) : []),
    ...(paths.embeddings ? embeddings.flatMap(departed) : []),
  ];
}

function chatDepartures(preset: Preset, model: string): Departure[] {
  return CHAT_SAMPLES.flatMap((sample) => {
    const of = (its: Preset | null) => chatOutcome(preset.dialect, model, its, sample);
    return departed({ ...sample, outcome: of(preset), usual: of(null) });
  });
}

type Compared = Pick<Sample, "label" | "value"> & Record<"outcome" | "usual", Outcome | null>;

function departed({ label, value, outcome, usual }: Compared): Departure[] {
  return outcome && cell(outcome) !== cell(usual) ? [{ label, value, outcome }] : [];
}

function departures(told: readonly Departure[], kind: Outcome["kind"]): string {
  const rows = told
    .filter(({ outcome }) => outcome.kind === kind)
    .map(({ outcome, ...sample }) => ({ ...sample, cells: [cell(outcome)] }));
  const said = merged(rows).map(([label = "", words]) => (words === kind ? label : `${label} → ${words}`));
  return said.join("; ");
}

function chatOutcome(
  dialect: DialectId,
  model: string,
  preset: Preset | null,
  sample: Sample,
): Outcome | null {
  return outcomeOf(DIALECTS[dialect], "encodeChat", targetFor(model, preset), sample);
}

function embeddingOutcome(dialect: DialectId, preset: Preset | null, sample: Sample): Outcome | null {
  const model = EMBEDDING_MODELS[dialect];
  return model === null
    ? null
    : outcomeOf(DIALECTS[dialect], "encodeEmbeddings", targetFor(model, preset), sample);
}
