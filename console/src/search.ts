import * as z from "zod/mini";
import { RANGE_WORDS } from "./core/range.ts";
import { isZone } from "./core/zone.ts";

/** What stands in the URL, page by page. What cannot be read counts as absent: an old link never breaks a page. */
const orAbsent = <Schema extends z.ZodMiniType>(schema: Schema) => z.catch(z.optional(schema), undefined);
const text = orAbsent(z.string().check(z.minLength(1), z.maxLength(500)));
const moment = orAbsent(
  z.pipe(
    z.string().check(z.refine((it) => !Number.isNaN(Date.parse(it)))),
    z.transform((it) => new Date(it).toISOString()),
  ),
);

/** On every page: they follow from one to the next. */
export const everywhere = z.object({
  range: orAbsent(z.enum(RANGE_WORDS)),
  from: moment,
  to: moment,
  tz: orAbsent(z.string().check(z.refine(isZone))),
  org: text,
});

export const LOG_STATUSES = ["ok", "error", "canceled", "interrupted", "refused"] as const;

/** Columns that are not shown, by their ids with commas between. */
const hidden = orAbsent(z.string().check(z.regex(/^[a-z]+(,[a-z]+)*$/), z.maxLength(200)));

export const logs = z.object({
  status: orAbsent(z.enum(LOG_STATUSES)),
  model: text,
  provider: text,
  key: text,
  industry: text,
  fallback: orAbsent(z.enum(["true", "false"])),
  live: orAbsent(z.literal("1")),
  hide: hidden,
});

/** `show` is the side of what was said, `as` how. */
export const request = z.object({
  show: orAbsent(z.enum(["request", "response"])),
  as: orAbsent(z.literal("text")),
});
export const overview = z.object({
  group: orAbsent(z.enum(["provider", "model", "both"])),
  compare: orAbsent(z.literal("off")),
  /** A column, the least first; after a minus the most. */
  sort: orAbsent(z.string().check(z.regex(/^-?[a-z]{1,40}$/))),
  hide: hidden,
});
export const models = z.object({
  q: text,
  show: orAbsent(z.enum(["unpriced", "deprecated", "resting", "local"])),
  model: text,
});
/** A draft rule stands in the URL while it is small enough for one. */
export const MOST_DRAFT = 1_500;
const draft = orAbsent(z.string().check(z.minLength(1), z.maxLength(MOST_DRAFT)));
export const routing = z.object({ model: text, draft, hours: orAbsent(z.enum(["1", "24", "72", "168"])) });
export const providers = z.object({ q: text, add: orAbsent(z.literal("1")), copy: text });
export const keys = z.object({
  create: orAbsent(z.literal("1")),
  show: orAbsent(z.enum(["all"])),
  key: text,
});
export const budgets = z.object({ scope: orAbsent(z.enum(["key", "org"])) });
export const billing = z.object({
  month: orAbsent(z.string().check(z.regex(/^\d{4}-(0[1-9]|1[0-2])$/))),
  provider: text,
  show: orAbsent(z.enum(["differences"])),
});
/** `replay` is the id of a request to ask again. */
export const playground = z.object({ model: text, second: text, third: text, replay: text });
export const audit = z.object({ action: text, object: text, actor: text });
export const signIn = z.object({ next: text });
export const invitation = z.object({ token: text });
export const setup = z.object({ token: text });

export type Everywhere = z.output<typeof everywhere>;
export type LogSearch = z.output<typeof logs>;

/** Texts stay texts: `?model=1` asks for a model called 1. */
export function parseSearch(search: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(search));
}

export function stringifySearch(search: Record<string, unknown>): string {
  const given = Object.entries(search).filter(([, value]) => value !== undefined && value !== "");
  const written = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return written === "" ? "" : `?${written}`;
}

/** What each page understands beside what all do. */
export interface Searches {
  "/": z.output<typeof overview>;
  "/logs": LogSearch;
  "/logs/$id": z.output<typeof request>;
  "/models": z.output<typeof models>;
  "/routing": z.output<typeof routing>;
  "/providers": z.output<typeof providers>;
  "/playground": z.output<typeof playground>;
  "/budgets": z.output<typeof budgets>;
  "/billing": z.output<typeof billing>;
  "/settings/keys": z.output<typeof keys>;
  "/settings/organization": object;
  "/settings/members": object;
  "/settings/audit": z.output<typeof audit>;
  "/sign-in": z.output<typeof signIn>;
  "/invitation": z.output<typeof invitation>;
  "/settings/account": object;
  "/setup": z.output<typeof setup>;
}

export type PagePath = keyof Searches;
