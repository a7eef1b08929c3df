import type { Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import type { PerceptionSpace } from '@noema/contracts/noema/activations/v1/perception_space';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import type { Method } from '@noema/contracts/noema/methods/v1/method';
import { methodTitle } from '../../../parts/methods.query.js';
import { ADDRESS_ALGORITHM } from '../../../parts/address/map-address.js';
import type { MapChoice } from './map-choice.js';

/** The maps of a run by what they show. */
export class MapCatalog {
  private readonly ids: ReadonlyMap<string, string>;
  private readonly names: ReadonlyMap<string, string>;

  /** `explorations` newest first. */
  constructor(
    readonly explorations: readonly Exploration[],
    readonly spaces: readonly PerceptionSpace[],
    /** The projections that the platform lists. */
    private readonly methods: readonly Method[],
  ) {
    this.ids = new Map(spaces.map((space) => [space.name, space.id]));
    this.names = new Map(spaces.map((space) => [space.id, space.name]));
  }

  spaceId(name: string): string | undefined {
    return this.ids.get(name);
  }

  private get defaultKey(): string {
    return this.methods.find(({ facts }) => facts?.['usedByDefault'] === true)?.key ?? ADDRESS_ALGORITHM;
  }

  spaceName(id: string): string {
    return this.names.get(id) ?? id;
  }

  /** Names of the spaces: all, from early to late, then layers and custom ones. */
  get spaceNames(): readonly string[] {
    const rank = (name: string): number => {
      const at = BUILT_IN.indexOf(name);
      return at >= 0 ? at : name.startsWith('layer/') ? BUILT_IN.length : BUILT_IN.length + 1;
    };
    return this.spaces
      .map((space) => space.name)
      .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b, 'en', { numeric: true }));
  }

  /**
   * Keys of the algorithms to choose from: algorithms that make maps, and algorithms of existing maps, such
   * as from another version.
   */
  get algorithms(): readonly string[] {
    return [
      ...new Set([...this.methods.map(({ key }) => key), ...this.explorations.map(({ method }) => method)]),
    ];
  }

  /** Whether it is one of the algorithms to choose from. */
  isKnown(key: string): boolean {
    return this.algorithms.includes(key);
  }

  /** Whether maps are made with it by themselves. */
  isDefault(key: string): boolean {
    return key === this.defaultKey;
  }

  /** The description of an algorithm; `undefined` where the platform no longer has it. */
  method(key: string): Method | undefined {
    return this.methods.find((method) => method.key === key);
  }

  /** The name of an algorithm for people. */
  algorithmTitle(key: string): string {
    return methodTitle(this.methods, key);
  }

  /** All maps of a choice, newest first: they differ in settings and seed. */
  all({ epoch, space, algorithm, dimensions }: MapChoice): readonly Exploration[] {
    const spaceId = this.ids.get(space);
    return this.explorations.filter(
      (e) =>
        e.epoch === epoch &&
        e.perceptionSpaceId === spaceId &&
        e.method === algorithm &&
        (e.dimensions || 2) === dimensions,
    );
  }

  /**
   * The map of a choice: that of the id if it is one of them; else one that is ready before one that is being
   * made, then the newest.
   */
  find(choice: MapChoice, id = ''): Exploration | undefined {
    const those = this.all(choice);
    return (
      those.find((e) => e.id === id) ??
      those.find(isReady) ??
      those.find((e) => e.state !== JobState.FAILED && e.state !== JobState.CANCELLED) ??
      those[0]
    );
  }

  /**
   * A ready map of the same data after the same epoch: apart from the coordinates, its columns equal the
   * columns of a map that is being made.
   */
  findLike({
    epoch,
    datasetVersionId,
  }: Pick<Exploration, 'epoch' | 'datasetVersionId'>): Exploration | undefined {
    return this.explorations.find(
      (e) => isReady(e) && e.epoch === epoch && e.datasetVersionId === datasetVersionId,
    );
  }

  /** Epochs that have a ready map with the same space, algorithm and dimensions, rising. */
  listEpochs(choice: MapChoice): number[] {
    return [...new Set(this.explorations.map((e) => e.epoch))]
      .filter((epoch) => {
        const map = this.find({ ...choice, epoch });
        return map !== undefined && isReady(map);
      })
      .sort((a, b) => a - b);
  }

  /**
   * Epoch 0 means the last one with such a map, or `lastEpoch` when none has. An algorithm that there is not,
   * such as from an address, means the default.
   */
  resolve(address: MapChoice, lastEpoch: number): MapChoice {
    const choice = this.isKnown(address.algorithm) ? address : { ...address, algorithm: this.defaultKey };
    return choice.epoch > 0 && choice.epoch <= lastEpoch
      ? choice
      : { ...choice, epoch: this.listEpochs(choice).at(-1) ?? lastEpoch };
  }
}

const BUILT_IN = ['all', 'appearance', 'concept'];

export const isReady = ({ state }: Pick<Exploration, 'state'>): boolean => state === JobState.SUCCEEDED;
