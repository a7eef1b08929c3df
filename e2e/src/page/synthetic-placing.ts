import { setTimeout as delay } from 'node:timers/promises';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { type JobSchema, JobState } from '@noema/contracts/noema/jobs/v1/job';
import type { DomainError } from '@noema/kernel';
import { type SyntheticPopulation, syntheticPopulation } from './synthetic-population.js';
import { IDS } from './synthetic-ids.js';
import { type MapRecord, mapId } from './synthetic-records.js';

const READING = '01890a5d-ac96-774b-bcce-b302099a8801';
const PLACING = '01890a5d-ac96-774b-bcce-b302099a8802';

/**
 * The other data of a synthetic platform and the one map in which they can be placed: both steps are as far
 * as the test says.
 */
export class SyntheticPlacing {
  readonly other: SyntheticPopulation;
  /** The error of the first step, where it refuses. */
  refusal: DomainError | undefined;
  /** Jobs that were cancelled. */
  readonly cancelled: string[] = [];
  private reading = JobState.RUNNING;
  private placing: JobState | undefined;

  constructor(
    private readonly own: SyntheticPopulation,
    private readonly like: MapRecord,
    count: number,
  ) {
    const { classNames } = own;
    this.other = syntheticPopulation({ count, classNames, toSampleId: (row) => `o${row}` });
  }

  /**
   * The samples of the map, behind them the other ones, a little to the right, without what an evaluation
   * says.
   */
  get both(): SyntheticPopulation & { readonly firstPlaced: number } {
    const { own, other } = this;
    const joined = (name: 'x' | 'y' | 'trust', by = 0): Float32Array =>
      Float32Array.from([...own[name], ...other[name].map((value) => value + by)]);
    const codes = (name: 'trueClass' | 'predictedClass' | 'cluster', none = false): Int32Array =>
      Int32Array.from([...own[name], ...other[name].map((code) => (none ? -1 : code))]);
    return {
      count: own.count + other.count,
      classNames: own.classNames,
      x: joined('x', 1),
      y: joined('y'),
      trust: joined('trust'),
      loss: Float32Array.from([...own.loss, ...other.loss.map(() => NaN)]),
      trueClass: codes('trueClass'),
      predictedClass: codes('predictedClass', true),
      cluster: codes('cluster'),
      firstPlaced: own.count,
      toSampleId: (row) => (row < own.count ? own.toSampleId(row) : other.toSampleId(row - own.count)),
    };
  }

  /** Starts the first step, or refuses it. */
  read(): MessageInitShape<typeof JobSchema> {
    if (this.refusal !== undefined) throw this.refusal;
    this.reading = JobState.RUNNING;
    return this.job(READING)!;
  }

  /** Ends the first step. */
  endReading(state: JobState.SUCCEEDED | JobState.CANCELLED): void {
    this.reading = state;
  }

  start(): MapRecord {
    this.placing = JobState.RUNNING;
    return this.map!;
  }

  end(state: JobState.SUCCEEDED | JobState.CANCELLED | JobState.FAILED): void {
    this.placing = state;
  }

  delete(explorationId: string): void {
    if (explorationId === this.map?.id) this.placing = undefined;
  }

  /** As the list of placed maps has it; undefined before anybody asked. */
  get map(): MapRecord | undefined {
    if (this.placing === undefined) return undefined;
    const { own, other, like } = this;
    const isMade = this.placing === JobState.SUCCEEDED;
    return {
      ...like,
      id: mapId(40),
      jobId: PLACING,
      automatic: false,
      state: this.placing,
      pointCount: own.count + other.count,
      projectedOnto: like.id!,
      placed: {
        activationSetId: IDS.otherSet,
        datasetVersionId: IDS.other,
        firstRow: own.count,
        sampleCount: other.count,
        ...(isMade
          ? {
              k: 15,
              knnOverlap: 0.27,
              labelAgreementMap: 0.94,
              labelAgreementVectors: 0.96,
              distanceRatio: 1.3,
            }
          : {}),
      },
      ...(this.placing === JobState.FAILED
        ? {
            fault: {
              reason: 'VECTORS_DAMAGED',
              message: 'the vectors of the other data do not match their checksum; extract them again',
            },
          }
        : {}),
    };
  }

  /** Either job; undefined for any other. */
  job(jobId: string): MessageInitShape<typeof JobSchema> | undefined {
    if (jobId === READING)
      return {
        id: READING,
        service: 'activations',
        state: this.reading,
        progress: { done: 3, total: 8, unit: 'shards', stage: 'responses', message: '' },
      };
    return jobId === PLACING && this.placing !== undefined
      ? {
          id: PLACING,
          service: 'projection',
          state: this.placing,
          progress: { done: 40, total: 250, unit: 'steps', stage: 'map', message: 'placing' },
        }
      : undefined;
  }

  /** A job of the two until it has ended. */
  async *watch(jobId: string): AsyncGenerator<{ job: MessageInitShape<typeof JobSchema> }> {
    for (let last: JobState | undefined; last === undefined || last === JobState.RUNNING; await delay(30)) {
      const job = this.job(jobId);
      if (job === undefined) return;
      if (job.state !== last) yield { job };
      last = job.state;
    }
  }

  cancel(jobId: string): boolean {
    if (this.job(jobId) === undefined) return false;
    this.cancelled.push(jobId === READING ? 'reading' : 'placing');
    if (jobId === READING) this.reading = JobState.CANCELLED;
    else this.placing = JobState.CANCELLED;
    return true;
  }
}
