import type { Clock } from "../../core/clock.ts";
import { type ApiError, apiError, invalidField } from "../../core/errors.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Write } from "../../store/group-commit.ts";
import type { Store } from "../../store/open.ts";
import { allProviders, deleteProvider, insertProvider, updateProvider } from "../../store/providers-table.ts";
import { together } from "../../store/write.ts";
import type { Provider } from "../contract.ts";
import { type AddedProvider, addedProviderOf, providerRowOf } from "./added-provider.ts";
import { type Author, auditOf } from "./audit.ts";
import { checkBody, originOfSettings } from "./check.ts";
import type { LiveProviders } from "./live.ts";
import { joinBody, patchBody, secretsNamedIn, splitBody, withPlainHeaders } from "./provider-body.ts";

const MOST = 500;

export interface AddedProvidersOptions {
  store: Store;
  clock: Clock;
  /** 32 bytes that secrets are sealed with. */
  key: Uint8Array;
  live: LiveProviders;
}

type Refused = { refusal: ApiError };

/** All providers that were added by API: durable and audited before they serve, and serving before it is told. */
export class AddedProviders {
  private readonly options: AddedProvidersOptions;
  private byId = new Map<string, AddedProvider>();
  /** One change after the other: each is checked against what the one before left. */
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(options: AddedProvidersOptions) {
    this.options = options;
  }

  /** Reads all of them. What cannot be used says why and stops nothing. */
  static async load(options: AddedProvidersOptions): Promise<AddedProviders> {
    const added = new AddedProviders(options);
    for (const row of await allProviders(options.store.queries).execute())
      added.byId.set(row.id, addedProviderOf(row, options.key));
    return added;
  }

  /** By id. */
  list(): readonly AddedProvider[] {
    return [...this.byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  get(id: string): AddedProvider | null {
    return this.byId.get(id) ?? null;
  }

  /** Who said that there is such a provider; null = nobody, it was found. The file wins where both did. */
  sourceOf(id: string): "file" | "api" | null {
    if (this.options.live.fileOf(id) !== null) return "file";
    return this.byId.has(id) ? "api" : null;
  }

  /** The provider that a body would make. Nothing is kept, and nobody serves by it. */
  tryOut(body: JsonObject): Provider | Refused {
    const checked = checkBody(withPlainHeaders(body), this.options.live.addressPolicy());
    return "refusal" in checked ? checked : checked.provider;
  }

  create(body: JsonObject, author: Author): Promise<AddedProvider | Refused> {
    return this.inTurn(async () => {
      const { clock, live } = this.options;
      const { settings, secrets } = splitBody(withPlainHeaders(body));
      const checked = checkBody(withPlainHeaders(body), live.addressPolicy());
      if ("refusal" in checked) return checked;
      const { id } = checked.config;
      const taken =
        this.ofFile(id) ?? (this.byId.has(id) ? conflict(`There is a provider \`${id}\` already.`) : null);
      if (taken) return taken;
      if (this.byId.size >= MOST) return conflict(`No more than ${MOST} providers can be added.`);
      const nowMs = clock.now();
      const times = { createdAtMs: nowMs, changedAtMs: nowMs };
      const added = { id, settings, secrets, config: checked.config, problem: null, ...times };
      return this.put(null, added, checked.origin, author);
    });
  }

  /** Changes what the patch names; null takes a field away. */
  update(id: string, patch: JsonObject, author: Author): Promise<AddedProvider | Refused> {
    return this.inTurn(async () => {
      if ("id" in patch) return { refusal: invalidField("id", "`id` cannot be changed.") };
      const before = this.changeable(id);
      if ("refusal" in before) return before;
      const given = withPlainHeaders(patch);
      const body = patchBody(joinBody(before.settings, before.secrets ?? {}), given);
      const checked = checkBody({ ...body, id }, this.options.live.addressPolicy());
      if ("refusal" in checked) return checked;
      const withheld = secretsThatStay(before, checked.origin, given);
      if (withheld) return withheld;
      const { settings, secrets } = splitBody({ ...body, id });
      const isSame =
        before.problem === null && Bun.deepEquals([settings, secrets], [before.settings, before.secrets]);
      if (isSame) return before;
      const changedAtMs = this.options.clock.now();
      const changed = { ...before, settings, secrets, config: checked.config, problem: null, changedAtMs };
      return this.put(before, changed, checked.origin, author, secretsNamedIn(given));
    });
  }

  /** Null once it is gone. */
  remove(id: string, author: Author): Promise<Refused | null> {
    return this.inTurn(async () => {
      const before = this.changeable(id);
      if ("refusal" in before) return before;
      const { queries } = this.options.store;
      const rest = this.list().filter((it) => it.id !== id);
      const failed = await this.commit(rest, id, [
        deleteProvider(queries, id),
        this.audit("provider.delete", author, before, null),
      ]);
      return failed;
    });
  }

  private async put(
    before: AddedProvider | null,
    after: AddedProvider,
    origin: string,
    author: Author,
    secretsGiven: readonly string[] = [],
  ): Promise<AddedProvider | Refused> {
    const { key, store } = this.options;
    const row = providerRowOf(after, origin, key);
    const next = [...this.list().filter(({ id }) => id !== after.id), after];
    const failed = await this.commit(next, after.id, [
      before ? updateProvider(store.queries, row) : insertProvider(store.queries, row),
      this.audit(before ? "provider.update" : "provider.create", author, before, after, secretsGiven),
    ]);
    return failed ?? after;
  }

  /** Checked, written, then served. */
  private async commit(
    next: readonly AddedProvider[],
    changedId: string,
    writes: readonly Write[],
  ): Promise<Refused | null> {
    const { live, store } = this.options;
    const [problem] = live.problemsOf(next);
    if (problem !== undefined) return conflict(`The configuration does not allow it: ${problem}.`);
    await store.writes.run(together(...writes));
    this.byId = new Map(next.map((it) => [it.id, it]));
    await live.use(next, changedId);
    return null;
  }

  private changeable(id: string): AddedProvider | Refused {
    const refused = this.ofFile(id);
    if (refused) return refused;
    const known = this.byId.get(id);
    return known ?? { refusal: apiError("not_found", "There is no such provider that was added by API.") };
  }

  private ofFile(id: string): Refused | null {
    const file = this.options.live.fileOf(id);
    return file === null ? null : conflict(`The provider \`${id}\` is defined in ${file}; change it there.`);
  }

  private audit(
    action: string,
    author: Author,
    before: AddedProvider | null,
    after: AddedProvider | null,
    secretsGiven: readonly string[] = [],
  ): Write {
    const { clock, store } = this.options;
    return auditOf(store.queries, { action, author, before, after, secretsGiven, timeMs: clock.now() });
  }

  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.turn.then(work, work);
    this.turn = done.catch(() => {});
    return done;
  }
}

/** A stored secret goes only where it was given for: another origin needs it anew. */
function secretsThatStay(before: AddedProvider, origin: string, patch: JsonObject): Refused | null {
  const named = secretsNamedIn(patch);
  const { secrets: stored } = before;
  if (stored === null) {
    if (named.includes("api_key")) return null;
    return {
      refusal: invalidField("api_key", "`api_key` is needed anew: what is stored cannot be decrypted."),
    };
  }
  const kept = Object.keys(stored).find((field) => !named.includes(field));
  const givenFor = originOfSettings(before.settings);
  if (kept === undefined || givenFor === origin) return null;
  const message = `\`${kept}\` is needed anew: it was given for ${givenFor}, and is sent nowhere else.`;
  return { refusal: invalidField(kept, message) };
}

function conflict(message: string): Refused {
  return { refusal: apiError("conflict", message) };
}
