import type { MessageInitShape } from '@bufbuild/protobuf';
import { writeMatrix } from '@noema/artifacts';
import { type JobSchema, JobState } from '@noema/contracts/noema/jobs/v1/job';
import type { CreateExplorationRequest } from '@noema/contracts/noema/projection/v1/exploration_service';
import { DomainError } from '@noema/kernel';
import type { SyntheticPopulation } from './synthetic-population.js';
import { type MapRecord, mapId } from './synthetic-records.js';

const JOB_ID = '01890a5d-ac96-774b-bcce-b302099a8800';
const STEPS = 750;

/** The one map that can be requested on a synthetic platform: the test sets how far it is. */
export class SyntheticMaking {
  /** The request for the map. */
  request: CreateExplorationRequest | undefined;
  private done = 0;
  private state = JobState.QUEUED;

  constructor(
    private readonly population: SyntheticPopulation,
    private readonly like: MapRecord,
  ) {}

  start(request: CreateExplorationRequest): MapRecord {
    this.request = request;
    this.state = JobState.RUNNING;
    return this.map!;
  }

  /** Says how many of its 750 steps are done; from then on the layout so far is shown. */
  advance(done: number): void {
    this.done = done;
  }

  end(state: JobState.SUCCEEDED | JobState.CANCELLED): void {
    this.state = state;
  }

  /** As the list of maps has it; undefined before anybody asked. */
  get map(): MapRecord | undefined {
    if (this.request === undefined) return undefined;
    const { method, params, dimensions, seed } = this.request;
    const isOpen = this.state === JobState.RUNNING;
    const { trust, ...like } = this.like;
    return {
      ...like,
      ...(this.state === JobState.SUCCEEDED && trust !== undefined ? { trust } : {}),
      ...(isOpen && this.done > 0 ? { preview: { uri: `preview-${this.done}` } } : {}),
      id: mapId(20),
      method,
      dimensions: dimensions === 3 ? 3 : 2,
      seed,
      automatic: false,
      jobId: JOB_ID,
      state: this.state,
      ...(params === undefined ? {} : { params }),
    };
  }

  /** Its job; undefined for any other. */
  job(jobId: string): MessageInitShape<typeof JobSchema> | undefined {
    return jobId === JOB_ID
      ? {
          id: JOB_ID,
          service: 'projection',
          state: this.state,
          progress: { done: this.done, total: STEPS, unit: 'steps', stage: 'map', message: 'tsne layout' },
        }
      : undefined;
  }

  /**
   * The layout after as many steps as the name says: the clouds of the population, the closer to the middle
   * the earlier.
   */
  preview(uri: string): Uint8Array {
    const done = Number(/^preview-(\d+)$/.exec(uri)?.[1] ?? NaN);
    const { count, x, y } = this.population;
    if (!(done > 0)) throw new DomainError('not-found', 'ARTIFACT_NOT_FOUND', `no artifact is called ${uri}`);
    const data = new Float32Array(2 * count);
    for (let row = 0; row < count; row++)
      data.set([(x[row]! * done) / STEPS, (y[row]! * done) / STEPS], 2 * row);
    return writeMatrix([{ name: 'coordinates', data, rows: count, dims: [2] }]);
  }
}
