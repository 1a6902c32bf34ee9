const SMALLEST_BYTES = 4096;

/** Bytes that only grow, in one piece, read from any place while they do. */
export class ByteLog {
  private bytes = new Uint8Array(0);
  private used = 0;

  get length(): number {
    return this.used;
  }

  /** What it takes of memory once `more` bytes are added. */
  capacityWith(more: number): number {
    const needed = this.used + more;
    if (needed <= this.bytes.length) return this.bytes.length;
    let capacity = Math.max(SMALLEST_BYTES, this.bytes.length);
    while (capacity < needed) capacity *= 2;
    return capacity;
  }

  append(piece: Uint8Array): void {
    const capacity = this.capacityWith(piece.length);
    if (capacity > this.bytes.length) this.resize(capacity);
    this.bytes.set(piece, this.used);
    this.used += piece.length;
  }

  /** At most `most` bytes from there on. Not a copy: what was written is never written again. */
  read(from: number, most: number): Uint8Array {
    return this.bytes.subarray(from, Math.min(this.used, from + most));
  }

  /** Nothing is added any more: gives back what was taken in advance. */
  trim(): void {
    if (this.used < this.bytes.length) this.resize(this.used);
  }

  clear(): void {
    this.bytes = new Uint8Array(0);
    this.used = 0;
  }

  private resize(capacity: number): void {
    const resized = new Uint8Array(capacity);
    resized.set(this.bytes.subarray(0, this.used));
    this.bytes = resized;
  }
}
