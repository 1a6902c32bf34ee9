import ipaddr from "ipaddr.js";
import { z } from "zod";
import { parseUsd } from "../core/money.ts";

/*
 * The kinds of value the file is made of. Every message is the rest of a sentence that begins with the
 * path, and none repeats the value: it may have come out of a secret by interpolation.
 */

/** Timers of 2³¹ ms and more fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/u;

export const durationMs = z.int().min(1).max(LONGEST_TIMER_MS);
export const days = z.int().min(1).max(36_500);
export const tokens = z.int().min(1).max(1_000_000_000);

/** Text of one line, not empty. */
export const line = z
  .string()
  .min(1)
  .refine((text) => !CONTROL.test(text), {
    error: "must not contain line breaks or other control characters",
  });

/** What may travel in a header: one line of Latin-1 without spaces around it. */
export const headerValue = z
  .string()
  .regex(/^[\x21-\x7e\xa0-\xff]([\x20-\x7e\xa0-\xff]*[\x21-\x7e\xa0-\xff])?$/, {
    error: "must be one line of printable characters without spaces around it, and not empty",
  });

/** These belong to the connection, not to the operator. */
const CONNECTION_HEADERS = "host|content-length|transfer-encoding|connection";

export const headerName = z
  .string()
  .regex(new RegExp(`^(?!(${CONNECTION_HEADERS})$)[a-z0-9!#$%&'*+.^_\`|~-]{1,100}$`, "i"), {
    error: "is not a header that can be set",
  });

/** Also the first half of a deployment's id, so it has no slash. */
export const providerId = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, {
  error: "must be 1 to 63 of a-z, 0-9, dot, underscore and hyphen, beginning with a letter or digit",
});

/** Travels in headers whose entries are separated by commas, so it is plain ASCII without commas and spaces. */
export const modelId = z.string().regex(/^(?!auto$|strategy:|industry:)[\x21-\x2b\x2d-\x7e]{1,200}$/, {
  error: "must be 1 to 200 printable ASCII characters without spaces and commas, and no reserved name",
});

export const aliasName = z.string().regex(/^(?!auto$|strategy:|industry:)[^\p{Cc}\p{Zl}\p{Zp}]{1,200}$/u, {
  error: "is not a usable alias name: 1 to 200 characters without control characters, and no reserved name",
});

/** Any form a request's `model` can take. */
export const modelForm = z.string().regex(/^[^\p{Cc}\p{Zl}\p{Zp}]{1,200}$/u, {
  error: "must be the name of a model: 1 to 200 characters without control characters",
});

/** One name or several in order of preference. */
export const modelForms = z
  .union([modelForm, z.array(modelForm).min(1)], {
    error: "must be the name of a model or a list of such names",
  })
  .transform((value): string[] => (typeof value === "string" ? [value] : value));

/** Decimal USD in the file, integer nano-USD inside. */
export const usd = z
  .union([z.number(), z.string()], { error: "must be an amount in USD such as 0.15" })
  .transform((value, context) => {
    const nanoUsd = parseUsd(value);
    if (nanoUsd !== null) return nanoUsd;
    context.addIssue({ code: "custom", message: "must be an amount in USD such as 0.15, not negative" });
    return z.NEVER;
  });

/** No userinfo, query or fragment: a credential there would reach logs, and the dialect's path is appended. */
export const baseUrl = z
  .string()
  .regex(/^https?:\/\/[^\s\\/?#@]+(\/[^\s\\?#]*)?$/i, {
    error: "must be an http:// or https:// address without user name, query and fragment",
    abort: true,
  })
  .refine((text) => URL.canParse(text), { error: "is not a valid address" });

export const origin = z.string().regex(/^(\*|[a-z][a-z0-9+.-]*:\/\/[^\s\\/?#@]+)$/, {
  error: "must be * or an origin such as https://app.example.com, without a path",
});

/** An origin alone: the console's paths are its own. */
export const publicUrl = z
  .string()
  .refine((text) => text === "" || (/^https?:\/\/[^\s\\/?#@]+\/?$/i.test(text) && URL.canParse(text)), {
    error: "must be an http:// or https:// address without a path, or empty",
  });

export const cidr = z.string().refine((text) => ipaddr.isValidCIDR(text), {
  error: "must be an address range in CIDR notation such as 10.0.0.0/8",
});

export const host = z.string().regex(/^[A-Za-z0-9._:%-]{1,255}$/, {
  error: "must be a host name or an IP address, without scheme and port",
});
