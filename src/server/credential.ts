/** The key a request carries: a bearer wins over `X-API-Key`. Null = none in either place. */
export function credentialOf(headers: Headers): string | null {
  const authorization = headers.get("authorization");
  if (authorization !== null) {
    const space = authorization.indexOf(" ");
    if (space > 0 && authorization.slice(0, space).toLowerCase() === "bearer")
      return authorization.slice(space + 1).trim();
  }
  return headers.get("x-api-key")?.trim() ?? null;
}
