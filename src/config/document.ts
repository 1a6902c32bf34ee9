import { isObject, type JsonObject } from "../core/json.ts";
import { fileJsonSchema } from "./schema.ts";
import { LOG_LEVELS } from "./words.ts";

export interface KeyRow {
  /** `providers[].models[].id`; `[]` stands for each entry of a list. */
  path: string;
  type: string;
  /** JSON; null = there is none. */
  fallback: string | null;
  required: boolean;
  meaning: string;
}

const TYPE_WORDS: Record<string, string> = {
  string: "text",
  integer: "whole number",
  number: "number",
  boolean: "true or false",
  object: "mapping",
};

/** In the words of somebody who writes YAML. */
function typeOf(node: JsonObject): string {
  if (Array.isArray(node.enum)) return node.enum.map((word) => `\`${word}\``).join(", ");
  if (Array.isArray(node.anyOf)) return [...new Set(node.anyOf.filter(isObject).map(typeOf))].join(" or ");
  if (Array.isArray(node.type)) return node.type.map((type) => TYPE_WORDS[String(type)] ?? type).join(" or ");
  if (node.type === "array" && isObject(node.items)) return `list of ${typeOf(node.items)}`;
  return TYPE_WORDS[String(node.type)] ?? "anything";
}

/** What lies below a key: the entries of a mapping, of a list's mappings, or of freely named ones. */
function below(path: string, node: JsonObject): KeyRow[] {
  const items = isObject(node.items) ? node.items : {};
  if (isObject(items.properties)) return rowsOf(items, `${path}[].`);
  return rowsOf(node, path === "" ? "" : `${path}.`);
}

function rowsOf(node: JsonObject, prefix: string): KeyRow[] {
  const required: unknown[] = Array.isArray(node.required) ? node.required : [];
  const properties = isObject(node.properties) ? node.properties : {};
  return Object.entries(properties).flatMap(([name, property]) => {
    if (!isObject(property)) return [];
    const path = `${prefix}${name}`;
    const isSection = isObject(property.properties);
    const row: KeyRow = {
      path,
      type: typeOf(property),
      fallback: property.default === undefined || isSection ? null : JSON.stringify(property.default),
      required: required.includes(name),
      meaning: typeof property.description === "string" ? property.description : "",
    };
    return [row, ...below(path, property)];
  });
}

/** Every key of the file, in the order of the schema. */
export function keyRows(): KeyRow[] {
  return rowsOf(fileJsonSchema(), "");
}

function tableLine(row: KeyRow): string {
  const fallback = row.required ? "required" : row.fallback === null ? "" : `\`${row.fallback}\``;
  const cells = [`\`${row.path}\``, row.type, fallback, row.meaning];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

const ENVIRONMENT: readonly (readonly [string, string])[] = [
  ["NYURO_HOST", "Address to listen on; wins over `server.host`."],
  ["NYURO_PORT", "Port to listen on; wins over `server.port`. `PORT` is read where it is absent."],
  ["NYURO_DATA_DIR", "Folder of the database, relative to the working folder; wins over `data_dir`."],
  ["NYURO_CONFIG", "The configuration file, relative to the working folder; `--config` wins over it."],
  [
    "NYURO_SECRET",
    "The secret that keys are hashed with and the secrets of added providers encrypted; long and random; absent = made once and kept in the data folder.",
  ],
  ["NYURO_LOG_LEVEL", `One of ${LOG_LEVELS.join(", ")}; absent = info.`],
  [
    "NYURO_BOOTSTRAP_KEY",
    "Becomes the first key of an empty store: `neu_live_` and 32 or more URL-safe characters.",
  ],
  ["NYURO_URL", "The server that the command line talks to."],
  ["NYURO_API_KEY", "The key that the command line uses."],
  [
    "NYURO_DATABASE_URL, NYURO_REDIS_URL",
    "Reserved and not built yet; the start is refused where one is set.",
  ],
];

const INTRODUCTION = `# Configuration

<!-- Written by src/config/write-documents.ts; change the schema, not this page. -->

Nyuro reads one file, in YAML 1.2 or JSON: the one named by \`--config\`, else by \`NYURO_CONFIG\`, else \`nyuro.yaml\`,
\`nyuro.yml\` or \`nyuro.json\` in the working folder. Without any file the defaults count. Everything is optional but what
is marked required. An unknown key, a key given twice and a value of the wrong kind are errors; all of them are told at
once, each with its path, and nothing starts. \`nyuro config check\` does the same without starting, and prints the
effective configuration with every secret masked. [nyuro.schema.json](nyuro.schema.json) lets an editor check while you type.

Amounts are USD and may be written as numbers or as text; prices are per million tokens. Durations are milliseconds.
`;

const ADDED = `## Providers beside the file

Providers can also be added, changed and removed while the gateway runs, by \`POST /api/v1/providers\`
([api.md](api.md#providers)) or \`nyuro providers add\` ([cli.md](cli.md)). They say what is said here, are kept in the data
folder with their secrets encrypted, and survive reloads and restarts. The file wins where both have one of the same id. They
may not refer to variables and files: \`\${…}\`, \`auth.credentials_file\` and \`auth.profile\` are for this file alone.
`;

const LOGINS = `## Logins

Most providers want an \`api_key\`. These take, or need, settings in \`auth\`; one that is missing, or that nobody uses, is
an error. What stands in the last column fills in what was not told; a credential only where no other one was told, and
never together with a \`base_url\` of your own, because it goes to the address that it was meant for.

| preset | address | login | from the environment |
|---|---|---|---|
| \`bedrock\`, and the dialect \`bedrock\` | \`region\` | \`api_key\`; or \`access_key_id\` and \`secret_access_key\`, with \`session_token\` if they are temporary; or \`profile\` of \`~/.aws/credentials\` and \`~/.aws/config\` | \`AWS_REGION\`, \`AWS_DEFAULT_REGION\`; \`AWS_BEARER_TOKEN_BEDROCK\`, else \`AWS_ACCESS_KEY_ID\`, \`AWS_SECRET_ACCESS_KEY\`, \`AWS_SESSION_TOKEN\`, else \`AWS_PROFILE\`; \`AWS_SHARED_CREDENTIALS_FILE\`, \`AWS_CONFIG_FILE\` |
| \`vertex\` | \`project\`, \`location\` (a region, \`global\`, \`us\` or \`eu\`) | \`credentials_file\`: the JSON key of a service account; a relative path starts at the folder of this file | \`GOOGLE_CLOUD_PROJECT\`, \`GOOGLE_CLOUD_LOCATION\`; \`GOOGLE_APPLICATION_CREDENTIALS\` |
| \`azure\` | \`resource\`, or its own \`base_url\`; \`api_version\` | \`api_key\`; or \`tenant_id\`, \`client_id\` and \`client_secret\` of an application in Microsoft Entra ID | \`AZURE_OPENAI_API_KEY\`, else \`AZURE_TENANT_ID\`, \`AZURE_CLIENT_ID\`, \`AZURE_CLIENT_SECRET\` |

Tokens are fetched when first needed, kept in memory and renewed five minutes before they end; profiles and key files are
read again, so keys can be replaced without a restart. Profiles that get their keys by \`role_arn\`, SSO or
\`credential_process\` are not read: let the tool that knows them write the keys into the profile.
`;

const ALERTS = `## Alerts

\`alerts.webhook\` gets a call for each band that a budget reaches, signed with \`secret\`: [alerts.md](alerts.md) has the form
and how to check it. The address is guarded like that of a provider which is not \`local\`: a private one needs
\`egress.allow\`, redirects are not followed. A change takes effect at once, also for calls that are still pending.
\`\`\`yaml
alerts: { webhook: { url: "https://hooks.example.com/nyuro", secret: "\${env:ALERT_SECRET}" } }
\`\`\`
`;

const INTERPOLATION = `## Secrets and other texts from outside

In any text, \`\${env:NAME}\` stands for an environment variable and \`\${file:/path}\` for the content of a file without its
last line break; a relative path starts at the folder of the configuration file. A text may hold several. What is
filled in is always text: a number or a switch cannot come from outside this way. A variable that is missing or empty
and a file that cannot be read are errors that name the variable or the file, never a value. Write \`$\${\` where the
characters \`\${\` themselves are meant. Keys are not interpolated.
`;

const RELOAD = `## Reload

The file is read again when it changes (saved, renamed over, or a link switched to another file) and on SIGHUP. A reload
is all or nothing: if anything is wrong, the configuration in force stays and the log says why. Files and variables named
in \`\${file:…}\` and \`\${env:…}\` are read again at each reload, but their change alone does not cause one.
\`server.host\`, \`server.port\`, \`data_dir\` and \`store.sync\` take effect at the next start.
`;

/** `docs/configuration.md`. The example is the text of the example file, which a test loads. */
export function configurationPage(example: string): string {
  const keys = keyRows().filter((row) => row.path !== "$schema");
  return [
    INTRODUCTION,
    "## Keys\n",
    "`[]` stands for each entry of a list.\n",
    "| key | type | default | meaning |\n|---|---|---|---|",
    `${keys.map(tableLine).join("\n")}\n`,
    ADDED,
    LOGINS,
    ALERTS,
    INTERPOLATION,
    "## Environment\n\nAn empty variable counts as absent.\n",
    "| variable | meaning |\n|---|---|",
    `${ENVIRONMENT.map(([name, meaning]) => `| \`${name}\` | ${meaning} |`).join("\n")}\n`,
    RELOAD,
    `## Example\n\n\`\`\`yaml\n${example.trimEnd()}\n\`\`\`\n`,
  ].join("\n");
}

/** `docs/nyuro.schema.json`. */
export function schemaDocument(): string {
  const { $schema, ...schema } = fileJsonSchema();
  return `${JSON.stringify({ $schema, title: "Nyuro configuration", ...schema }, null, 2)}\n`;
}
