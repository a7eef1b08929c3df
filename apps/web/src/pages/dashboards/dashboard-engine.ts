import {
  type Chart,
  type ChartCell,
  ChartQueries,
  type Column,
  type Frame,
  type MarkChart,
  type Outputs,
  type ScatterCells,
  type ScatterChart,
} from '@noema/evaluation';
import { asDomainError, DomainError } from '@noema/kernel/domain-error';
import { EvaluationColumns } from '../../features/evaluation/evaluation-columns.js';
import { reduceCells } from './reduced-cells.js';
import { isScoreChart } from './score-fields.js';
import { markScores, nameClasses, scoreColumn, type ScoreMarks } from './score-marks.js';

/** A chart to compute, and the filters that apply to it next to its own. */
export interface ChartCall {
  readonly chart: Chart;
  readonly filters: readonly string[];
  /** The conditions of the chart itself: its own, and that of its slice. */
  readonly own: readonly string[];
}

/** Why something cannot be computed. */
export interface ChartFault {
  readonly reason: string;
  readonly message: string;
}

/** How many of the samples of a version a scatter draws. */
export interface DrawnSamples extends Pick<ScatterCells, 'total' | 'without'> {
  readonly version: string;
  readonly drawn: number;
}

/** The numbers of a chart: groups of samples, or the marks of each version; or why they cannot be computed. */
export type ChartResult =
  | {
      readonly cells: readonly ChartCell[];
      /** Of a scatter, for each version. */
      readonly samples?: readonly DrawnSamples[];
      readonly scores?: undefined;
      readonly fault?: undefined;
    }
  | {
      readonly cells?: undefined;
      readonly samples?: undefined;
      readonly scores: readonly ScoreMarks[];
      readonly fault?: undefined;
    }
  | {
      readonly cells?: undefined;
      readonly samples?: undefined;
      readonly scores?: undefined;
      readonly fault: ChartFault;
    };

/** The file of an evaluation, or why it cannot be read. */
export type ScoreFile =
  | {
      readonly bytes: Uint8Array;
      readonly classNames: readonly string[];
      /** Position of the output that charts are of. Default: the first one, with the losses of all. */
      readonly output?: number;
    }
  | { readonly fault: ChartFault };

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
  private readonly outputs = new Map<string, Outputs | ChartFault>();

  /** Starts a version without columns, in place of an earlier one of the same name. */
  open(frame: Omit<Frame, 'columns'>): void {
    const columns = new Map<string, Column>();
    this.outputs.delete(frame.version);
    this.queries.set(frame.version, { queries: new ChartQueries({ ...frame, columns }), columns });
  }

  close(version: string): void {
    this.queries.delete(version);
    this.outputs.delete(version);
  }

  /** Adds the evaluation of a version, which curves read. Throws `data-loss` ARROW_INVALID. */
  addScores(version: string, file: ScoreFile): void {
    if ('fault' in file) {
      this.outputs.set(version, file.fault);
      return;
    }
    const evaluation = EvaluationColumns.read(file.bytes, file.output);
    const rows = this.queries.get(version)?.queries.frame.rows ?? 0;
    this.outputs.set(
      version,
      evaluation.rows === rows
        ? nameClasses(evaluation.toOutputs(file.classNames))
        : {
            reason: 'ROWS_DIFFER',
            message: `the evaluation has ${evaluation.rows} samples and the map ${rows}; make a map of all samples`,
          },
    );
  }

  addColumns(version: string, columns: Iterable<readonly [string, Column]>): void {
    const own = this.queries.get(version);
    for (const [name, column] of columns) own?.columns.set(name, column);
  }

  async compute(calls: readonly ChartCall[], filters: readonly string[]): Promise<DashboardResult> {
    const startMs = performance.now();
    const charts: ChartResult[] = [];
    for (const { chart } of calls) if (isScoreChart(chart)) this.addScoreColumns(chart);
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

  /** Adds the scores of the class of a chart as a field of filters; the chart reports a class that does not exist. */
  private addScoreColumns(chart: Parameters<typeof scoreColumn>[0]): void {
    for (const [version, outputs] of this.outputs) {
      const columns = this.queries.get(version)?.columns;
      if (columns === undefined || 'reason' in outputs) continue;
      try {
        const column = scoreColumn(chart, outputs, (name) => !columns.has(name));
        if (column !== undefined) columns.set(column.name, { kind: 'number', values: column.values });
      } catch {
        continue;
      }
    }
  }

  private findOutputs(version: string): Outputs {
    const outputs = this.outputs.get(version);
    if (outputs === undefined)
      throw new DomainError('precondition', 'SCORES_NOT_LOADED', `the scores of "${version}" are not loaded`);
    if ('reason' in outputs) throw new DomainError('unsupported', outputs.reason, outputs.message);
    return outputs;
  }

  private async chart({ chart, filters, own: conditions }: ChartCall): Promise<ChartResult> {
    try {
      const versions =
        chart.kind === 'reduction'
          ? chart.versions
          : usesVersion(chart)
            ? [...this.queries.keys()]
            : ['current'];
      const found = versions.map((version) => {
        const own = this.queries.get(version)?.queries;
        if (own === undefined)
          throw new DomainError(
            'invalid',
            'VERSION_NOT_CHOSEN',
            `there is no version "${version}" to compare with; choose one at the top of the dashboard`,
          );
        return own;
      });
      if (isScoreChart(chart))
        return {
          scores: await Promise.all(
            found.map(async (own) => {
              const { version } = own.frame;
              const rows = await own.rows([chart.where, ...filters]);
              return markScores(chart, this.findOutputs(version), { rows, own: conditions, version });
            }),
          ),
        };
      if (chart.kind === 'scatter') {
        const points = await Promise.all(found.map((own) => own.points(chart, filters)));
        const samples = points.map(({ cells, total, without }, i) => ({
          ...{ version: found[i]!.frame.version, drawn: cells.length, total, without },
        }));
        return { cells: points.flatMap(({ cells }) => cells), samples };
      }
      const cells = await Promise.all(
        found.map((own) =>
          chart.kind === 'mark' ? own.cells(chart, filters) : reduceCells(own, chart, filters),
        ),
      );
      return { cells: cells.flat() };
    } catch (error) {
      const { reason, message } = asDomainError(error);
      return { fault: { reason, message } };
    }
  }
}

/** Whether a chart divides samples by version. */
const usesVersion = (chart: MarkChart | ScatterChart): boolean =>
  [chart.x, chart.y, chart.color, chart.facet].some((axis) =>
    ['version', 'run', 'epoch'].includes(axis?.field ?? ''),
  );
