/** FNV-1a over UTF-16 units, 32 bits, then mixed so that near ids do not give near numbers. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * Weighted rendezvous hashing: of equals the one with the highest score gets the conversation. When a deployment goes,
 * only its own conversations move; when one comes, it takes its share from everybody.
 */
export function rendezvous(key: string, deploymentId: string, weight: number): number {
  const fraction = (hash32(`${key}\n${deploymentId}`) + 1) / (2 ** 32 + 1);
  return -weight / Math.log(fraction);
}
