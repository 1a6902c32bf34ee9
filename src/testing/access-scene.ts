import { afterAll } from "bun:test";
import { SCOPES, type Scope } from "../core/caller.ts";
import { requestIdOf } from "../core/ids.ts";
import { mintSecret, prefixOf, secretHasher } from "../keys/secret.ts";
import { bodiesRowOf } from "../ledger/bodies.ts";
import { DEFAULT_ORG_ID } from "../store/orgs-table.ts";
import { catalogOf, deployment } from "./catalog.ts";
import { testProvider, UPSTREAM_SECRET } from "./gateway.ts";
import { sampleRow } from "./ledger-row.ts";
import { jsonOf, type ManageScene, manageScene, OTHER_ORG_ID } from "./manage.ts";
import { completion } from "./openai-replies.ts";
import { ScriptedUpstream } from "./scripted-upstream.ts";

/** Somebody who asks, with what is known of them. */
export interface Asker {
  /** Null = none is sent. */
  secret: string | null;
  /** Null = nobody we know. */
  scope: Scope | null;
  isOther: boolean;
}

/** An organization and all that must be seen by nobody of another one. */
export interface Tenant {
  orgId: string;
  /** Of a request it made. */
  requestId: string;
  /** Texts that stand for it alone: ids, names, prefixes, hashes. */
  marks: string[];
}

export interface AccessScene extends ManageScene {
  /** By what they are called in a test's name. */
  askers: ReadonlyMap<string, Asker>;
  own: Tenant;
  other: Tenant;
  /** What no answer at all may hold: the random part of every secret, and what is stored of it. */
  secrets: readonly string[];
  upstream: ScriptedUpstream;
}

/** The pepper of `manageScene`. */
const hashOf = secretHasher("pepper");
/** Of a secret, without what may be shown of it. */
const hiddenPart = (secret: string) => secret.slice(prefixOf(secret).length);

/** A gateway with two organizations that both own keys, a budget, a log row, and everybody who may ask it. */
export async function accessScene(): Promise<AccessScene> {
  const upstream = await answeringUpstream();
  const scene = await manageScene({
    providers: [testProvider("box", upstream.baseUrl)],
    catalog: catalogOf([deployment("box/m")]),
  });
  const askers = new Map<string, Asker>();
  const secrets = [UPSTREAM_SECRET];
  const own: Tenant = { orgId: DEFAULT_ORG_ID, requestId: requestIdOf(4711), marks: [] };
  const other: Tenant = { orgId: OTHER_ORG_ID, requestId: requestIdOf(4712), marks: [] };
  for (const tenant of [own, other]) {
    const isOther = tenant === other;
    for (const scope of SCOPES) {
      const { secret } = await keyOf(scene, tenant, scope, secrets);
      askers.set(`${isOther ? "the other organization's" : "the"} ${scope} key`, { secret, scope, isOther });
    }
    await spend(scene, tenant, askers.get("the admin key")?.secret ?? null);
  }
  const nobody = { scope: null, isOther: false };
  askers.set("no key", { ...nobody, secret: null });
  askers.set("a malformed key", { ...nobody, secret: "sk-not-one-of-ours" });
  askers.set("a well-formed key that nobody made", { ...nobody, secret: mintSecret() });
  for (const [name, secret] of await endedKeys(scene)) {
    askers.set(name, { ...nobody, secret });
    secrets.push(hiddenPart(secret), hashOf(secret));
  }
  return { ...scene, askers, own, other, secrets, upstream };
}

async function answeringUpstream(): Promise<ScriptedUpstream> {
  const upstream = await ScriptedUpstream.start();
  afterAll(() => upstream.stop());
  upstream.on("*", ({ path }, answer) => {
    if (path.endsWith("/models")) return answer.json(200, { object: "list", data: [{ id: "m" }] });
    if (!path.endsWith("/embeddings")) return answer.json(200, completion("m", "fine"));
    const data = [{ object: "embedding", index: 0, embedding: [1] }];
    answer.json(200, { object: "list", model: "m", data, usage: { prompt_tokens: 1, total_tokens: 1 } });
  });
  return upstream;
}

async function keyOf(scene: ManageScene, tenant: Tenant, scope: Scope, secrets: string[]) {
  const name = `the ${scope} key of ${tenant.orgId}`;
  const made = await scene.keys.create({ name, orgId: tenant.orgId, scopes: [scope] });
  if ("refusal" in made) throw new Error(JSON.stringify(made.refusal));
  tenant.marks.push(made.key.id, made.key.prefix, name);
  secrets.push(hiddenPart(made.secret), hashOf(made.secret));
  return { id: made.key.id, secret: made.secret };
}

/** A key with a budget, and a request that it made. */
async function spend(scene: ManageScene, tenant: Tenant, admin: string | null): Promise<void> {
  const name = `the spender of ${tenant.orgId}`;
  const body = { name, org_id: tenant.orgId, budget: { limit_usd: 7 }, metadata: { of: tenant.requestId } };
  const key = await jsonOf(scene.call("POST", "/api/v1/keys", admin, body));
  const sequence = Number.parseInt(tenant.requestId.slice(4), 32);
  const { orgId } = tenant;
  const row = sampleRow({ sequence, orgId, keyId: key.id, timeMs: scene.clock.now() });
  const said = `what was said in ${orgId}`;
  const bodies = { request: { text: said, isTruncated: false, isRedacted: false }, response: null };
  await scene.store.writes.run(scene.ledger.writeOf(row, await bodiesRowOf(row, bodies)));
  tenant.marks.push(said, orgId, tenant.requestId, name, key.id, key.prefix);
}

/** Keys that were good for everything until just now. */
async function endedKeys(scene: ManageScene): Promise<[string, string][]> {
  const revoked = await scene.keyWith(SCOPES);
  await scene.keys.revoke(revoked.id);
  const rotated = await scene.keyWith(SCOPES);
  await scene.keys.rotate(rotated.id, { overlapSeconds: 0 });
  const expired = await scene.keyWith(SCOPES);
  await scene.keys.update(expired.id, { expiresAtMs: scene.clock.now() + 1 });
  scene.clock.advance(1);
  return [
    ["a revoked key", revoked.secret],
    ["a secret that was rotated away", rotated.secret],
    ["an expired key", expired.secret],
  ];
}
