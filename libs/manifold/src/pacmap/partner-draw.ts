/** Draws distinct partners of one point at a time: never the point itself, and never an excluded point. */
export class PartnerDraw {
  /** Round in which a point was last excluded. */
  private readonly out: Int32Array;
  private round = 0;

  constructor(private readonly n: number) {
    this.out = new Int32Array(n);
  }

  /** Starts drawing for a point. All other points can be drawn again. */
  begin(self: number): void {
    this.out[self] = ++this.round;
  }

  refuse(point: number): void {
    this.out[point] = this.round;
  }

  /** Returns a partner that was not drawn since `begin`. Does not return if there is none. */
  next(random: () => number): number {
    for (;;) {
      const point = Math.floor(random() * this.n);
      if (this.out[point] === this.round) continue;
      this.out[point] = this.round;
      return point;
    }
  }
}
