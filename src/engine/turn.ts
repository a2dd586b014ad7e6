/** A promise of the next one of something that comes and goes. Rejecting it holds until it is renewed, or resolved after all. */
export class Turn<T> {
  private settled = false;
  private settle: { resolve: (value: T) => void; reject: (error: Error) => void } = { resolve: () => undefined, reject: () => undefined };
  promise: Promise<T>;

  constructor() {
    this.promise = this.make();
  }

  resolve(value: T): void {
    this.renew();
    this.settle.resolve(value);
    this.settled = true;
  }

  reject(error: Error): void {
    this.renew();
    this.settle.reject(error);
    this.settled = true;
  }

  /** Who asks from now on waits; who waits already goes on waiting. */
  renew(): void {
    if (this.settled) this.promise = this.make();
  }

  private make(): Promise<T> {
    this.settled = false;
    const promise = new Promise<T>((resolve, reject) => { this.settle = { resolve, reject }; });
    promise.catch(() => undefined); // nobody need wait
    return promise;
  }
}
