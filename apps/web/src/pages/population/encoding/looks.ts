import type { Tints } from './tints.js';
import type { ScaleKind } from '../../../parts/scales/number-scale.js';
import type { ContinuousScale } from '../../../parts/scales/scales.js';

/** The columns that give points their color and their size, or `none`. */
export interface Looks {
  readonly color: string;
  readonly size: string;
}

/** How the color of points is chosen. */
export interface ColorChoice {
  /** Column of the color, or `none`. */
  readonly color: string;
  /** `undefined` for the scale that fits the column. */
  readonly scale: ScaleKind | undefined;
  readonly palette: ContinuousScale;
  /** Own colors by column and name, as `#rrggbb`. */
  readonly tints: Tints;
}
