import { homedir } from "node:os";
import { join } from "node:path";
import type { Environment } from "../config/env.ts";
import type { Clock } from "../core/clock.ts";
import type { AddressPolicy } from "../providers/address-policy.ts";
import { Authorizer } from "../providers/authorize/authorizer.ts";
import type { AwsFiles } from "../providers/authorize/aws-profile.ts";
import { Pins } from "../providers/pins.ts";
import { Sender } from "../providers/send.ts";

/** The way to the network, with all it needs to log in where a key is not enough. */
export function joinSender(environment: Environment, clock: Clock, egress: AddressPolicy): Sender {
  return new Sender(new Pins(clock), egress, new Authorizer({ clock, awsFiles: awsFilesOf(environment) }));
}

/** Where AWS's own tools keep their shared files. */
export function awsFilesOf(environment: Environment): AwsFiles {
  const folder = join(environment.value("HOME") ?? homedir(), ".aws");
  return {
    credentials: environment.value("AWS_SHARED_CREDENTIALS_FILE") ?? join(folder, "credentials"),
    config: environment.value("AWS_CONFIG_FILE") ?? join(folder, "config"),
  };
}
