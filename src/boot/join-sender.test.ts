import { expect, test } from "bun:test";
import { homedir } from "node:os";
import { readEnvironment } from "../config/env.ts";
import { isConfigProblem } from "../config/problem.ts";
import { awsFilesOf } from "./join-sender.ts";

test.each([
  [{ HOME: "/home/a" }, "/home/a/.aws/credentials", "/home/a/.aws/config"],
  [{}, `${homedir()}/.aws/credentials`, `${homedir()}/.aws/config`],
  [{ HOME: "/home/a", AWS_SHARED_CREDENTIALS_FILE: "/run/c" }, "/run/c", "/home/a/.aws/config"],
  [{ HOME: "/home/a", AWS_CONFIG_FILE: "/run/f" }, "/home/a/.aws/credentials", "/run/f"],
] as [
  Record<string, string>,
  string,
  string,
][])("with %j AWS's files are %s and %s", (variables, credentials, config) => {
  const environment = readEnvironment(variables);
  if (isConfigProblem(environment)) throw new Error(environment.problems.join());
  expect(awsFilesOf(environment)).toEqual({ credentials, config });
});
