const FIRST_CAPACITY = 1024;

/** A set of small whole numbers, for many of them: a byte for each up to the greatest. */
export class Marks {
  #marked = new Uint8Array(FIRST_CAPACITY);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(place: number): void {
    if (place >= this.#marked.length) {
      const larger = new Uint8Array(2 * Math.max(place, this.#marked.length));
      larger.set(this.#marked);
      this.#marked = larger;
    }
    if (this.#marked[place] === 1) return;
    this.#marked[place] = 1;
    this.#size++;
  }

  clear(): void {
    if (this.#size > 0) this.#marked.fill(0);
    this.#size = 0;
  }

  /** Ascending. */
  all(): readonly number[] {
    const places: number[] = [];
    if (this.#size > 0) for (let place = this.#marked.indexOf(1); place >= 0; place = this.#marked.indexOf(1, place + 1)) places.push(place);
    return places;
  }
}
