import { expect, test } from "bun:test";
import { readEnvironment } from "./env.ts";
import { isConfigProblem } from "./problem.ts";

function read(env: Record<string, string | undefined>) {
  const environment = readEnvironment(env);
  if (isConfigProblem(environment)) throw new Error(environment.problems.join("\n"));
  return environment;
}

test("an empty environment sets nothing but the log level", () => {
  const { value, ...rest } = read({});
  expect(rest).toEqual({
    host: null,
    port: null,
    dataDir: null,
    configPath: null,
    secret: null,
    logLevel: "info",
    bootstrapKey: null,
    url: null,
    apiKey: null,
  });
  expect(value("OPENAI_API_KEY")).toBeNull();
});

test("every variable arrives where it belongs", () => {
  const key = `neu_live_${"aZ0-_".repeat(7)}`;
  const environment = read({
    NYURO_HOST: "::1",
    NYURO_PORT: "0",
    PORT: "9000",
    NYURO_DATA_DIR: "./d",
    NYURO_CONFIG: "c.yaml",
    NYURO_SECRET: "s",
    NYURO_LOG_LEVEL: "WARN",
    NYURO_BOOTSTRAP_KEY: key,
    NYURO_URL: "http://127.0.0.1:1",
    NYURO_API_KEY: "k",
    GROQ_API_KEY: "g",
  });
  expect(environment).toMatchObject({
    host: "::1",
    port: 0,
    dataDir: "./d",
    configPath: "c.yaml",
    secret: "s",
  });
  expect(environment).toMatchObject({
    logLevel: "warn",
    bootstrapKey: key,
    url: "http://127.0.0.1:1",
    apiKey: "k",
  });
  expect(environment.value("GROQ_API_KEY")).toBe("g");
});

test("PORT counts where NYURO_PORT is absent or empty", () => {
  expect(read({ PORT: "9000" }).port).toBe(9000);
  expect(read({ NYURO_PORT: "", PORT: "9000" }).port).toBe(9000);
});

test("an empty variable is absent, and what objects inherit is no variable", () => {
  const environment = read({ NYURO_HOST: "", OPENAI_API_KEY: "", NYURO_REDIS_URL: "" });
  expect(environment.host).toBeNull();
  expect(environment.value("OPENAI_API_KEY")).toBeNull();
  expect(environment.value("constructor")).toBeNull();
});

const REFUSED: [string, string, string][] = [
  ["NYURO_PORT", "65536", "NYURO_PORT must be a whole number from 0 to 65535"],
  ["NYURO_PORT", "1e3", "NYURO_PORT must be"],
  ["PORT", "-1", "PORT must be"],
  ["NYURO_HOST", "http://hidden-host", "NYURO_HOST must be a host name or an IP address"],
  ["NYURO_LOG_LEVEL", "hidden-level", "NYURO_LOG_LEVEL must be one of trace, debug"],
  ["NYURO_BOOTSTRAP_KEY", "neu_live_hidden", "NYURO_BOOTSTRAP_KEY must be neu_live_ followed by 32 or more"],
  ["NYURO_BOOTSTRAP_KEY", `neu_test_${"h".repeat(40)}`, "NYURO_BOOTSTRAP_KEY must be"],
  ["NYURO_BOOTSTRAP_KEY", `neu_live_${"h".repeat(40)}\n`, "NYURO_BOOTSTRAP_KEY must be"],
  ["NYURO_DATABASE_URL", "postgres://hidden", "NYURO_DATABASE_URL is reserved and not built yet"],
  ["NYURO_REDIS_URL", "redis://hidden", "NYURO_REDIS_URL is reserved and not built yet"],
];

test.each(REFUSED)("%s=%p is refused without showing it", (name, value, sentence) => {
  const result = readEnvironment({ [name]: value });
  const problems = isConfigProblem(result) ? result.problems : [];
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(sentence);
  expect(problems[0]).not.toContain("hidden");
  expect(problems[0]).not.toContain("hhhh");
});

test("every mistake is told at once", () => {
  const result = readEnvironment({ NYURO_PORT: "x", NYURO_REDIS_URL: "x", NYURO_LOG_LEVEL: "x" });
  expect(isConfigProblem(result) && result.problems).toHaveLength(3);
});
