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

export const logs = z.object({
  status: orAbsent(z.enum(LOG_STATUSES)),
  model: text,
  provider: text,
  key: text,
  industry: text,
  fallback: orAbsent(z.enum(["true", "false"])),
  live: orAbsent(z.literal("1")),
});

export const overview = z.object({ group: orAbsent(z.enum(["provider", "model"])) });
export const models = z.object({
  q: text,
  show: orAbsent(z.enum(["unpriced", "deprecated", "resting", "local"])),
  model: text,
});
export const routing = z.object({ model: text });
export const providers = z.object({ q: text, add: orAbsent(z.literal("1")) });
export const keys = z.object({
  create: orAbsent(z.literal("1")),
  show: orAbsent(z.enum(["all"])),
  key: text,
});
export const budgets = z.object({ scope: orAbsent(z.enum(["key", "org"])) });
export const billing = z.object({ month: orAbsent(z.string().check(z.regex(/^\d{4}-(0[1-9]|1[0-2])$/))) });
export const playground = z.object({ model: text, second: text, third: text });
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
  "/logs/$id": object;
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
