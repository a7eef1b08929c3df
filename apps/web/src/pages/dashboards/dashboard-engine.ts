import { type Chart, type ChartCell, ChartQueries, type Column, type Frame } from '@noema/evaluation';
import { asDomainError, DomainError } from '@noema/kernel/domain-error';
import { reduceCells } from './reduced-cells.js';

/** A chart to compute, and the filters that apply to it next to its own. */
export interface ChartCall {
  readonly chart: Chart;
  readonly filters: readonly string[];
  /** The conditions of the chart itself: its own, and that of its slice. */
  readonly own: readonly string[];
}

/** The numbers of a chart, or the reason why they cannot be computed. */
export type ChartResult =
  | { readonly cells: readonly ChartCell[]; readonly fault?: undefined }
  | { readonly cells?: undefined; readonly fault: { readonly reason: string; readonly message: string } };

/** Everything a dashboard shows at once. */
export interface DashboardResult {
  readonly charts: readonly ChartResult[];
  /** Samples that meet all filters. */
  readonly matching: number;
  readonly rows: number;
  /** Time of the computation in milliseconds. */
  readonly ms: number;
}

/** Computes the charts of a dashboard over the columns of one or two versions. */
export class DashboardEngine {
  private readonly queries = new Map<string, { queries: ChartQueries; columns: Map<string, Column> }>();

  /** Starts a version without columns, in place of an earlier one of the same name. */
  open(frame: Omit<Frame, 'columns'>): void {
    const columns = new Map<string, Column>();
    this.queries.set(frame.version, { queries: new ChartQueries({ ...frame, columns }), columns });
  }

  close(version: string): void {
    this.queries.delete(version);
  }

  addColumns(version: string, columns: Iterable<readonly [string, Column]>): void {
    const own = this.queries.get(version);
    for (const [name, column] of columns) own?.columns.set(name, column);
  }

  async compute(calls: readonly ChartCall[], filters: readonly string[]): Promise<DashboardResult> {
    const startMs = performance.now();
    const charts: ChartResult[] = [];
    for (const call of calls) charts.push(await this.chart(call));
    const current = this.queries.get('current')?.queries;
    const rows = current?.frame.rows ?? 0;
    const matching =
      current === undefined
        ? 0
        : await current.rows(filters).then(
            (found) => found.length,
            () => 0,
          );
    return { charts, matching, rows, ms: performance.now() - startMs };
  }

  /** The rows of the current version that meet all filters. Throws as `ChartQueries.rows`. */
  async rows(filters: readonly string[]): Promise<Uint32Array> {
    return (await this.queries.get('current')?.queries.rows(filters))?.slice() ?? new Uint32Array();
  }

  private async chart({ chart, filters }: ChartCall): Promise<ChartResult> {
    try {
      const versions =
        chart.kind === 'reduction'
          ? chart.versions
          : usesVersion(chart)
            ? [...this.queries.keys()]
            : ['current'];
      const cells = await Promise.all(
        versions.map(async (version) => {
          const own = this.queries.get(version)?.queries;
          if (own === undefined)
            throw new DomainError(
              'invalid',
              'VERSION_NOT_CHOSEN',
              `there is no version "${version}" to compare with; choose one at the top of the dashboard`,
            );
          return chart.kind === 'mark' ? own.cells(chart, filters) : reduceCells(own, chart, filters);
        }),
      );
      return { cells: cells.flat() };
    } catch (error) {
      const { reason, message } = asDomainError(error);
      return { fault: { reason, message } };
    }
  }
}

/** Whether a chart divides samples by version. */
const usesVersion = (chart: Extract<Chart, { kind: 'mark' }>): boolean =>
  [chart.x, chart.y, chart.color, chart.facet].some((axis) =>
    ['version', 'run', 'epoch'].includes(axis?.field ?? ''),
  );
