/** How a closed outline changes the selection. */
export type SelectMode = 'replace' | 'add' | 'remove';

/** Pixels between corners of a lasso. */
const STEP = 3;

/** An outline that is being drawn, in CSS pixels of the canvas. */
export class Outline {
  private readonly corners: number[];

  constructor(
    readonly kind: 'lasso' | 'rectangle',
    private readonly x: number,
    private readonly y: number,
  ) {
    this.corners = [x, y];
  }

  /** The pointer went on; returns the polygon so far. */
  extend(x: number, y: number): readonly number[] {
    if (this.kind === 'rectangle') return [this.x, this.y, x, this.y, x, y, this.x, y];
    if (Math.hypot(x - this.corners.at(-2)!, y - this.corners.at(-1)!) >= STEP) this.corners.push(x, y);
    return this.corners;
  }
}

/** Shift adds, alt removes. */
export function selectMode({
  shiftKey,
  altKey,
}: {
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}): SelectMode {
  return altKey ? 'remove' : shiftKey ? 'add' : 'replace';
}
