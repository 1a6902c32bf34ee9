const VALID = /^[a-zA-Z0-9_-]+$/;

/**
 * The ids of one conversation's tool calls as Anthropic takes them: of few characters, and each only once. Those of
 * other providers (`functions.search:0`, an empty one, the same one in every turn) are rewritten, and their results
 * with them; its own are left as they are, and so is a result without a call, which is Anthropic's to refuse.
 */
export class ToolIds {
  private readonly given = new Set<string>();
  /** The number to try next for an id that is taken, so that a thousand calls of one id are not counted up each time. */
  private readonly next = new Map<string, number>();
  /** By the client's id: what its calls are called here, those still without a result first. */
  private readonly open = new Map<string, string[]>();
  private readonly last = new Map<string, string>();

  ofCall(id: string): string {
    const given = this.unique(cleaned(id));
    this.given.add(given);
    const open = this.open.get(id);
    if (open) open.push(given);
    else this.open.set(id, [given]);
    return given;
  }

  ofResult(id: string): string {
    const given = this.open.get(id)?.shift() ?? this.last.get(id) ?? cleaned(id);
    this.last.set(id, given);
    return given;
  }

  private unique(id: string): string {
    if (!this.given.has(id)) return id;
    let count = this.next.get(id) ?? 2;
    while (this.given.has(`${id}_${count}`)) count++;
    this.next.set(id, count + 1);
    return `${id}_${count}`;
  }
}

function cleaned(id: string): string {
  if (VALID.test(id)) return id;
  return id === "" ? "call" : id.replace(/[^a-zA-Z0-9_-]/g, "_");
}
