import type { AccessScene } from "../access-scene.ts";

/** What names and ids are taken from, so that many requests reach something. */
export interface Examples {
  /** By name of a field or a parameter. */
  fields: Readonly<Record<string, readonly unknown[]>>;
  /** Of what an address names, by the collection it is in. */
  ids: Readonly<Record<string, readonly string[]>>;
}

const KEYS = ["<key>", "<key>", "<key>", "key_nothing"];
const PROVIDERS = ["<provider>", "<provider>", "<provider>", "box", "nothing"];
/** No name that is looked up, and nobody who answers: a test calls nobody. */
const ADDRESSES = [
  "http://127.0.0.1:9/v1",
  "http://[::1]:9",
  "https://127.0.0.2:9/v1",
  "http://169.254.169.254/latest",
  "http://0x7f.1:9/v1",
  "http://127.0.0.1:9/../..",
  "http://127.0.0.1:9@169.254.169.254/",
];
/** Of what nobody has made yet. */
const NEW = ["new-a", "new-b", "new-c", "new-d", "new-e", "new-f"];
const AMOUNTS = ["0.15", 3, 0, "a lot"];
const TIMES = [
  "2027-01-15T08:00:00Z",
  "2027-01-15T07:00:00+00:00",
  "2026-01-01T00:00:00Z",
  "2030-01-01T00:00:00Z",
];
const CHATS = [
  [{ role: "user", content: "Hello" }],
  [
    { role: "system", content: "Be brief." },
    { role: "user", content: [{ type: "text", text: "def f(): pass" }] },
  ],
];

/** Who has an account and is a member of nothing. */
export const GUESTS = Array.from({ length: 20 }, (_, at) => `guest-${at}@x.test`);
const MEMBERS = ["<member>", "<member>", "<member>", "usr_nothing"];
const INVITATIONS = ["<invitation>", "<invitation>", "inv_nothing"];

export function examplesOf({ own, other }: AccessScene): Examples {
  const requests = [own.requestId, other.requestId, "req_00000000000"];
  const orgs = [own.orgId, other.orgId];
  return {
    fields: {
      id: [...KEYS, ...PROVIDERS, ...requests, ...NEW],
      key_id: KEYS,
      org_id: [...orgs, "org_nothing"],
      provider: PROVIDERS,
      // Those of the cloud have an address: nobody may be called there.
      preset: ["ollama", "vllm", "nothing"],
      dialect: ["openai", "anthropic", "gemini", "ollama", "nothing"],
      base_url: ADDRESSES,
      ...{ input: AMOUNTS, output: AMOUNTS, cached_input: AMOUNTS, cache_write: AMOUNTS },
      ...{ max_input_cost_usd: AMOUNTS, max_cost_usd: AMOUNTS },
      prompt_tokens: [{ min: 1 }, { max: 9 }, { min: 1, max: 9 }, { min: 9, max: 1 }],
      model: ["m", "box/m", "gone", "strategy:cost"],
      messages: CHATS,
      time_zone: ["UTC", "Europe/Vienna", "Asia/Kathmandu", "Mars/Olympus"],
      month: ["2026-12", "2027-01"],
      email: [...GUESTS, "nobody@x.test", "no address"],
      // Each real guess is hashed, which takes as long as it should.
      password: [...Array.from({ length: 9 }, () => ""), "a guess of enough characters"],
      from: TIMES,
      to: TIMES,
    },
    ids: {
      keys: KEYS,
      orgs,
      members: MEMBERS,
      invitations: INVITATIONS,
      providers: PROVIDERS,
      logs: requests,
      models: ["m", "box/m", "gone"],
    },
  };
}

/** What earlier requests made and later ones may use: the newest of each kind. */
export class Living {
  private readonly ids: Record<string, string[]> = {};

  /** Of a 201 at a collection. */
  note(collection: string, id: string): void {
    const kind = collection.slice(0, -1);
    this.ids[kind] = [...(this.ids[kind] ?? []), id].slice(-20);
  }

  /** The text with what lives now in place of the names that stand for it. */
  put(text: string, turn: number): string {
    return text.replace(/(?:<|%3C)(key|provider|member|invitation)(?:>|%3E)/g, (_, kind) => {
      const ids = this.ids[kind] ?? [];
      return ids[turn % Math.max(1, ids.length)] ?? "nothing";
    });
  }
}
