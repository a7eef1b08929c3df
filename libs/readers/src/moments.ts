import type { Cell } from './records.js';

/** Mean and standard deviation in one pass, stable for values far from 0 (Welford, 1962). */
export class Moments {
  private count = 0;
  private center = 0;
  private squares = 0;
  min = Infinity;
  max = -Infinity;

  /** Adds a finite number; anything else is left out. */
  add(value: Cell): void {
    if (typeof value !== 'number' || !Number.isFinite(value)) return;
    this.count++;
    const delta = value - this.center;
    this.center += delta / this.count;
    this.squares += delta * (value - this.center);
    this.min = Math.min(this.min, value);
    this.max = Math.max(this.max, value);
  }

  get isEmpty(): boolean {
    return this.count === 0;
  }

  get mean(): number {
    return this.center;
  }

  /** Population standard deviation; 0 without a number. */
  get std(): number {
    return this.count === 0 ? 0 : Math.sqrt(this.squares / this.count);
  }
}
