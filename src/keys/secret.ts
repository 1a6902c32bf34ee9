import { randomBase62 } from "../core/ids.ts";

export const KEY_PREFIX = "neu_live_";
/** Longer texts are refused before they are looked at. */
export const MAX_SECRET_CHARACTERS = 512;

const RANDOM_CHARACTERS = 43;
const CHECKSUM_CHARACTERS = 6;
const SHOWN_CHARACTERS = 6;
const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** `neu_live_`, 256 random bits, and a checksum of all before it: shown once, never stored. */
export function mintSecret(): string {
  const body = KEY_PREFIX + randomBase62(RANDOM_CHARACTERS);
  return body + checksumOf(body);
}

/** True for text this program minted, unless by a chance of one in four billion: what secret scanners look for. */
export function looksLikeKey(text: string): boolean {
  if (!/^neu_live_[0-9A-Za-z]{49}$/.test(text)) return false;
  return checksumOf(text.slice(0, -CHECKSUM_CHARACTERS)) === text.slice(-CHECKSUM_CHARACTERS);
}

/** True for a secret an operator may bring along: the prefix and at least 32 URL-safe characters. */
export function canBeBootstrapSecret(text: string): boolean {
  return text.length <= MAX_SECRET_CHARACTERS && /^neu_live_[0-9A-Za-z_-]{32,}$/.test(text);
}

/** What may be shown of a secret, to tell keys apart. */
export function prefixOf(secret: string): string {
  return secret.slice(0, KEY_PREFIX.length + SHOWN_CHARACTERS);
}

/** Secret → what is stored of it. */
export type HashSecret = (secret: string) => string;

/** HMAC-SHA-256 keyed with the pepper: without the pepper a stolen database cannot even be searched for a key. */
export function secretHasher(pepper: string): HashSecret {
  const keyed = new Bun.CryptoHasher("sha256", pepper);
  return (secret) => keyed.copy().update(secret).digest("base64url");
}

function checksumOf(text: string): string {
  let rest = Bun.hash.crc32(text);
  let digits = "";
  for (let i = 0; i < CHECKSUM_CHARACTERS; i++) {
    digits = BASE62[rest % 62] + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}
