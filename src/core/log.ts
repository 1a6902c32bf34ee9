/** What the log may hold: ids, numbers, names, our own sentences. Never a key, a header value or a prompt. */
export interface Log {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}
