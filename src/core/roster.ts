/** A member of a roster knows its place there; -1 = it is in none. */
export interface Placed {
  place: number;
}

/**
 * An unordered collection for what comes and goes with every request: adding and removing are two assignments each,
 * where a Set hashes, and rebuilds itself as its members change.
 */
export class Roster<T extends Placed> {
  private readonly members: T[] = [];

  get size(): number {
    return this.members.length;
  }

  add(member: T): void {
    member.place = this.members.push(member) - 1;
  }

  /** Removing what is not there changes nothing. */
  remove(member: T): void {
    const { place } = member;
    if (place < 0 || this.members[place] !== member) return;
    const last = this.members.pop();
    if (last && last !== member) {
      this.members[place] = last;
      last.place = place;
    }
    member.place = -1;
  }

  /** The members as they are now; what is added or removed meanwhile does not change the answer. */
  all(): readonly T[] {
    return [...this.members];
  }

  /** Those of them for which the test holds; costs no copy where it holds for none. */
  where(test: (member: T) => boolean): readonly T[] {
    return this.members.filter(test);
  }

  has(member: T): boolean {
    return member.place >= 0 && this.members[member.place] === member;
  }
}
