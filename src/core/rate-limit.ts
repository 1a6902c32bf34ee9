/** What may pass in any minute, and at once. Null = no limit; 0 = nothing may pass. */
export interface RateLimit {
  /** Requests a minute. */
  readonly rpm: number | null;
  /** Tokens a minute, those of prompts and of answers. */
  readonly tpm: number | null;
  /** Requests under way at the same time. */
  readonly maxParallel: number | null;
}

/** The rate limits that a caller's requests are held to, all of them together; null = this one has none. */
export interface CallerLimits {
  readonly key: RateLimit | null;
  readonly org: RateLimit | null;
}
