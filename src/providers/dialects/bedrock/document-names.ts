/**
 * Names of documents: letters, digits, single spaces, hyphens, parentheses and brackets, at most 200, and no two the
 * same in a request ("Messages can't contain duplicate document names").
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html
 */
export class DocumentNames {
  private readonly given = new Set<string>();

  next(filename: string | null): string {
    const name = cleaned(filename ?? "") || "document";
    let free = name;
    for (let number = 2; this.given.has(free.toLowerCase()); number++) free = `${name} ${number}`;
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
