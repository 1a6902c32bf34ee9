/**
 * Names of documents: letters, digits, single spaces, hyphens, parentheses and brackets, at most 200, and no two the
 * same in a request ("Messages can't contain duplicate document names").
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html
 */
export class DocumentNames {
  private readonly given = new Set<string>();
  /** The number to try next behind a name that is taken, so that a thousand of one name are not counted up each time. */
  private readonly numbers = new Map<string, number>();

  next(filename: string | null): string {
    const name = cleaned(filename ?? "") || "document";
    const key = name.toLowerCase();
    let free = name;
    let number = this.numbers.get(key) ?? 2;
    for (; this.given.has(free.toLowerCase()); number++) free = `${name} ${number}`;
    this.numbers.set(key, number);
    this.given.add(free.toLowerCase());
    return free;
  }
}

/** Room for a number behind it. */
const LONGEST = 190;

/** Without its extension, which the format says; accents go, what else is not allowed becomes a space. */
function cleaned(filename: string): string {
  return filename
    .replace(/\.[a-z0-9]{1,8}$/i, "")
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^a-zA-Z0-9\-()[\]]+/g, " ")
    .slice(0, LONGEST)
    .trim();
}
