import type { ChartMark, ChartSpec } from '../../parts/charts/chart.js';

/** A mark of a dashboard with the condition that its samples meet. */
export interface DashboardMark extends ChartMark {
  readonly version: string;
  /** Filter of docs/filters.md; undefined where no filter of the current version has these samples. */
  readonly where: string | undefined;
}

/** A drawing of a chart, one for each value of its facet. */
export interface DashboardDrawing {
  /** Value of the facet; empty without one. */
  readonly facet: string;
  readonly spec: ChartSpec;
  readonly marks: readonly DashboardMark[];
  /** Next to the title; the number of samples where it is left out. */
  readonly note?: string | undefined;
}
