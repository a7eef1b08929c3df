/**
 * Draws different partners of one point at a time: never the point itself, never one that is refused, none
 * twice.
 */
export class PartnerDraw {
  /** The round in which a point was last out of the question. */
  private readonly out: Int32Array;
  private round = 0;

  constructor(private readonly n: number) {
    this.out = new Int32Array(n);
  }

  /** Begins the partners of a point; all others can be drawn again. */
  begin(self: number): void {
    this.out[self] = ++this.round;
  }

  refuse(point: number): void {
    this.out[point] = this.round;
  }

  /** A partner that was not drawn since `begin`; does not return when there is none. */
  next(random: () => number): number {
    for (;;) {
      const point = Math.floor(random() * this.n);
      if (this.out[point] === this.round) continue;
      this.out[point] = this.round;
      return point;
    }
  }
}
