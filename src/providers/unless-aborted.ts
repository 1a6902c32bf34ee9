/** What it waits for must not outlive the call: a name server that does not answer, a token that does not come. */
export async function unlessAborted<T>(pending: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) throw new DOMException("the call was given up", "AbortError");
  let giveUp: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    giveUp = () => reject(new DOMException("the call was given up", "AbortError"));
    signal.addEventListener("abort", giveUp);
  });
  try {
    return await Promise.race([pending, aborted]);
  } finally {
    if (giveUp) signal.removeEventListener("abort", giveUp);
  }
}
