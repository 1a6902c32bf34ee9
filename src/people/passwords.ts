/**
 * Argon2id with OWASP's first choice for it, 19 MiB and two passes: some 25 ms in a thread of Bun's pool, so that no
 * stream waits. https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
 */
const ARGON = { algorithm: "argon2id", memoryCost: 19_456, timeCost: 2 } as const;

export const SHORTEST_PASSWORD = 10;
/** Argon2 takes longer ones; nobody types them. */
export const LONGEST_PASSWORD = 128;

export function hashPassword(password: string): Promise<string> {
  return Bun.password.hash(password, ARGON);
}

export function verifyPassword({ hash, password }: { hash: string; password: string }): Promise<boolean> {
  return Bun.password.verify(password, hash);
}
