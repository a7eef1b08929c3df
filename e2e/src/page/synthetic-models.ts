import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { ModelFormat, ModelVersionOrigin } from '@noema/contracts/noema/training/v1/model';
import { DomainError } from '@noema/kernel';
import { IDS } from './synthetic-ids.js';

/** A model that takes pictures of one channel and predicts classes. */
export interface SyntheticModel {
  readonly name: string;
  /** Height and width of its input. */
  readonly side: number;
  readonly classes: number;
  /** Layers that its import chose. */
  readonly layers?: readonly string[];
}

const MADE = timestampFromDate(new Date('2026-11-01T12:00:00Z'));
const PREFIX = '01890a5d-ac96-774b-bcce-b302099a9';
const UNITS: Readonly<Record<string, number>> = { conv1: 8, conv2: 16, dense: 32, head: 10 };
const layer = (name: string, unitCount: number) => ({
  name,
  kind: unitCount > 0 ? 'Conv2D' : 'Add',
  unitCount,
  outputDims: [Math.max(1, unitCount)],
  parameterCount: 9 * unitCount,
});

/**
 * Models of a synthetic platform, the newest first, each with one version and with the same layers: four
 * learned ones and the output of a block.
 */
export class SyntheticModels {
  private readonly names: string[];

  constructor(private readonly models: readonly SyntheticModel[]) {
    this.names = models.map(({ name }) => name);
  }

  list = () => this.models.map((_, at) => this.model(modelId(at)));
  versions = (id: string) => [this.version(toVersionId(id))];
  layers = () => ({
    layers: [...Object.entries(UNITS).map(([name, units]) => layer(name, units))],
    blocks: [layer('add', 0)],
    proposed: ['add', 'head'],
  });

  model(id: string) {
    const at = this.getIndex(id);
    const { side, classes, layers = [] } = this.models[at]!;
    return {
      id,
      projectId: IDS.project,
      displayName: this.names[at]!,
      format: ModelFormat.LAYERS_JSON,
      createTime: MADE,
      latestVersionId: toVersionId(id),
      parameterCount: 594,
      layers: [...layers],
      inputs: [{ name: 'x', dims: [side, side, 1] }],
      outputs: [{ name: 'head', dims: [classes] }],
    };
  }

  version(id: string) {
    return {
      id,
      modelId: `${id.slice(0, -2)}00`,
      projectId: IDS.project,
      number: 1,
      origin: ModelVersionOrigin.INITIALIZED,
      state: JobState.SUCCEEDED,
      createTime: MADE,
    };
  }

  rename({ id = '', displayName = '' }: { readonly id?: string; readonly displayName?: string }) {
    if (this.names.includes(displayName))
      throw new DomainError(
        'exists',
        'MODEL_NAME_TAKEN',
        `the project has a model named "${displayName}"; choose another display_name`,
        { violations: [{ field: 'display_name', description: 'is taken' }] },
      );
    this.names[this.getIndex(id)] = displayName;
    return this.model(id);
  }

  private getIndex(id: string): number {
    const at = this.models.findIndex((_, i) => modelId(i) === id);
    if (at < 0)
      throw new DomainError(
        'not-found',
        'MODEL_NOT_FOUND',
        `model "${id}" does not exist; list the models of the project`,
      );
    return at;
  }
}

const modelId = (at: number): string => `${PREFIX}${at}00`;
const toVersionId = (id: string): string => `${id.slice(0, -2)}01`;
/** The version that a run of a synthetic platform starts from: that of its first model. */
export const FIRST_VERSION = toVersionId(modelId(0));
