/** What a file begins with, as latin1. Only what providers take. */
const SIGNS: readonly (readonly [RegExp, string])[] = [
  [/^\x89PNG\r\n\x1a\n/, "image/png"],
  [/^\xff\xd8\xff/, "image/jpeg"],
  [/^GIF8[79]a/, "image/gif"],
  [/^RIFF[^]{4}WEBP/, "image/webp"],
  [/^[^]{4}ftyphei[cx]/, "image/heic"],
  [/^[^]{4}ftyp(?:mif1|msf1)/, "image/heif"],
  // Readers take it anywhere in the first kilobyte.
  [/^[^]{0,1000}%PDF-/, "application/pdf"],
];

/** Types that say nothing: the bytes decide. */
const SAYS_NOTHING = /^(?:|(?:application|binary)\/octet-stream|application\/force-download)$/;

/**
 * The type of an image or PDF by its own bytes, `image/png`; null where it is none of those, or where the header calls
 * it something else. Servers mistake one image type for another, so between these the bytes win.
 */
export function mediaTypeOf(contentType: string | null, bytes: Uint8Array): string | null {
  const told = (contentType ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 1024)).toString(
    "latin1",
  );
  const found = SIGNS.find(([sign]) => sign.test(head))?.[1] ?? null;
  if (found === null || SAYS_NOTHING.test(told)) return found;
  const isPdf = found === "application/pdf";
  const agrees = isPdf ? /^application\/(?:x-)?pdf$/.test(told) : told.startsWith("image/");
  return agrees ? found : null;
}
