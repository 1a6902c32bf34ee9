/** The host of a location that is no single region has another form than theirs. */
const SPREAD = /^https:\/\/(global|us|eu)-aiplatform\.googleapis\.com\//;

/** https://docs.cloud.google.com/gemini-enterprise-agent-platform/resources/locations */
export function vertexAddress(baseUrl: string): string {
  const location = SPREAD.exec(baseUrl)?.[1];
  if (location === undefined) return baseUrl;
  const host = location === "global" ? "aiplatform" : `aiplatform.${location}.rep`;
  return baseUrl.replace(SPREAD, `https://${host}.googleapis.com/`);
}
