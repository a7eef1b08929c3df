import type { Pick } from '../../features/evaluation/report.js';

/** A filter of the map. */
export type MapFilter =
  | readonly [kind: 'in', column: string, name: string]
  | readonly [kind: 'range', column: string, low: number, high: number];

/** A mark that was picked: its samples, its name, and the filters of the map that show them. */
export interface Picked {
  readonly pick: Pick;
  readonly title: string;
  /** Undefined where no filter of the map has the same samples. */
  readonly onMap: readonly MapFilter[] | undefined;
}
