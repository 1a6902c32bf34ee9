/** Models that turn text into vectors. */
const EMBEDDING = /embed|minilm|(?:^|[-_/])(?:bge|e5|gte)[-_]/i;

/** A word of a name, between separators: `gpt-image-1`, `whisper-large-v3`, never `imagine` inside another word. */
const NO_CHAT_WORDS = [
  "audio-transcription",
  "content-safety",
  "dall-e",
  "flux",
  "imagen",
  "images?",
  "imagine",
  "live",
  "lyria",
  "moderation",
  "ocr",
  "prompt-guard",
  "realtime",
  "rerank(?:er)?",
  "sora",
  "speech",
  "stable-diffusion",
  "transcribe",
  "tts",
  "veo",
  "video",
  "voice",
  "whisper",
];
const NO_CHAT = new RegExp(`(?:^|[-_./])(?:${NO_CHAT_WORDS.join("|")})(?:$|[-_.:/]|\\d)`, "i");

/** What OpenAI serves by other APIs only: Responses, the old Completions, fine-tunes without their owner's name. */
const OTHER_API =
  /^(?:ft:|text-(?:ada|babbage|curie|davinci)|ada$|babbage|curie|davinci|computer-use|codex|gpt-3\.5-turbo-instruct|gpt-[\d.]+-codex|(?:o1|o3|gpt-5(?:\.\d+)?)-pro|(?:o3|o4-mini)-deep-research|gpt-4o:extended$)|-$/i;

/**
 * What a listed model is for, judged by its name: providers list everything they have, and say nothing of what it is.
 * `other` = neither chat nor embeddings, as far as the name tells.
 */
export function kindOf(upstream: string): "embedding" | "other" | null {
  if (NO_CHAT.test(upstream)) return "other";
  if (EMBEDDING.test(upstream)) return "embedding";
  return OTHER_API.test(upstream) ? "other" : null;
}
