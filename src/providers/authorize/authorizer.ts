import type { Clock } from "../../core/clock.ts";
import { type Fault, fault } from "../../core/faults.ts";
import type { AwsKeys, Credentials } from "../contract.ts";
import { type AwsFiles, readAwsProfile } from "./aws-profile.ts";
import { fetchEntraToken } from "./entra-token.ts";
import { fetchGoogleToken } from "./google-token.ts";
import { Renewed } from "./renewed.ts";
import { noteSecret } from "./secrets.ts";
import { type CallToSign, signAws } from "./sign-aws.ts";
import type { PostForm } from "./token-server.ts";

/** Where tokens are fetched. Not the operator's to choose: whoever answers there is shown the credential. */
export const TOKEN_ENDPOINTS = {
  google: "https://oauth2.googleapis.com/token",
  entra: "https://login.microsoftonline.com",
} as const;

export interface AuthorizerOptions {
  clock: Clock;
  awsFiles: AwsFiles;
  /** Replaced in tests only. */
  endpoints?: Record<keyof typeof TOKEN_ENDPOINTS, string>;
}

type Of<Kind extends Credentials["kind"]> = Extract<Credentials, { kind: Kind }>;
type Got<Value> = { value: Value } | Fault;

/**
 * Puts credentials on calls where code is needed for it. What it fetches is kept by the credentials themselves: a
 * config that is loaded anew begins anew, and what belonged to the old one goes with it.
 */
export class Authorizer {
  private readonly options: AuthorizerOptions;
  private readonly tokens = new WeakMap<Credentials, Renewed<string>>();
  private readonly profiles = new WeakMap<Credentials, Renewed<AwsKeys>>();

  constructor(options: AuthorizerOptions) {
    this.options = options;
  }

  /** The headers that carry the credential of one call, names in lower case; or why there are none. */
  async authorize(
    credentials: Credentials,
    call: CallToSign,
    post: PostForm,
  ): Promise<{ headers: Record<string, string> } | Fault> {
    if (credentials.kind === "aws") return this.sign(credentials, call);
    const token = await this.token(credentials, post).get();
    return "kind" in token ? token : { headers: { authorization: `Bearer ${token.value}` } };
  }

  /** The provider answered 401 or 403: what was fetched is not trusted much longer. */
  refused(credentials: Credentials): void {
    this.tokens.get(credentials)?.refused();
    this.profiles.get(credentials)?.refused();
  }

  private async sign(
    credentials: Of<"aws">,
    call: CallToSign,
  ): Promise<{ headers: Record<string, string> } | Fault> {
    const keys = await this.awsKeys(credentials);
    if ("kind" in keys) return keys;
    const { region } = credentials;
    const nowMs = this.options.clock.now();
    try {
      return {
        headers: await signAws(call, { keys: keys.value, region, service: "bedrock", nowMs }),
      };
    } catch {
      return fault("upstream_auth", "the AWS key pair cannot sign");
    }
  }

  private awsKeys(credentials: Of<"aws">): Got<AwsKeys> | Promise<Got<AwsKeys>> {
    const { source } = credentials;
    if (!("profile" in source)) return { value: source };
    let profile = this.profiles.get(credentials);
    if (!profile) {
      profile = new Renewed(this.options.clock, async () => {
        const read = await readAwsProfile(source.profile, this.options.awsFiles);
        if ("kind" in read) return read;
        const { accessKeyId, secretAccessKey, sessionToken } = read.value;
        for (const secret of [accessKeyId, secretAccessKey, sessionToken])
          if (secret !== null) noteSecret(credentials, secret);
        return read;
      });
      this.profiles.set(credentials, profile);
    }
    return profile.get();
  }

  private token(credentials: Of<"google" | "entra">, post: PostForm): Renewed<string> {
    let token = this.tokens.get(credentials);
    if (!token) {
      token = new Renewed(this.options.clock, async () => {
        const lease = await this.fetchToken(credentials, post);
        if (!("kind" in lease)) noteSecret(credentials, lease.value);
        return lease;
      });
      this.tokens.set(credentials, token);
    }
    return token;
  }

  private fetchToken(credentials: Of<"google" | "entra">, post: PostForm) {
    const { google, entra } = this.options.endpoints ?? TOKEN_ENDPOINTS;
    if (credentials.kind === "entra") return fetchEntraToken(credentials, post, entra);
    return fetchGoogleToken({
      credentialsFile: credentials.credentialsFile,
      post,
      endpoint: google,
      onSecret: (secret) => noteSecret(credentials, secret),
    });
  }
}
