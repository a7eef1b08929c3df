import { create } from '@bufbuild/protobuf';
import { PerceptionSpaceSchema } from '@noema/contracts/noema/activations/v1/perception_space';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { ExplorationSchema } from '@noema/contracts/noema/projection/v1/exploration';
import { describe, expect, it } from 'vitest';
import { MapCatalog } from './map-catalog.js';
import { PROJECTIONS, TOY } from './projections.fixture.js';

const spaces = ['custom', 'layer/conv10', 'concept', 'layer/conv2', 'all', 'appearance'].map((name) =>
  create(PerceptionSpaceSchema, { id: `id of ${name}`, name }),
);
const map = (id: string, epoch: number, state = JobState.SUCCEEDED, method = 'umap') =>
  create(ExplorationSchema, { id, epoch, state, method, dimensions: 2, perceptionSpaceId: 'id of all' });
const choice = { epoch: 0, space: 'all', algorithm: 'umap', dimensions: 2 } as const;

describe('the maps of a run', () => {
  it('can be laid out by what the platform has', () => {
    const catalog = new MapCatalog([], spaces, PROJECTIONS);
    expect(catalog.algorithms).toEqual(['umap', 'tsne', 'pacmap', 'pca']);
    expect(catalog.algorithms.map((key) => catalog.algorithmTitle(key))).toEqual([
      'UMAP',
      't-SNE',
      'PaCMAP',
      'PCA',
    ]);
    expect([catalog.isDefault('umap'), catalog.isDefault('pca')]).toEqual([true, false]);
  });

  it('can be laid out by a projection that the platform lists and clients do not know', () => {
    const catalog = new MapCatalog([map('of toy', 2, JobState.SUCCEEDED, 'toy')], spaces, [
      ...PROJECTIONS,
      TOY,
    ]);
    expect(catalog.algorithms.at(-1)).toBe('toy');
    expect(catalog.algorithmTitle('toy')).toBe('Toy');
    expect(catalog.method('toy')?.parameters.map(({ name }) => name)).toEqual(['scale', 'steps', 'start']);
    expect(catalog.find({ ...choice, epoch: 2, algorithm: 'toy' })?.id).toBe('of toy');
  });

  it('of a projection that the platform no longer has are named by its key', () => {
    const catalog = new MapCatalog([map('old', 2, JobState.SUCCEEDED, 'isomap')], spaces, PROJECTIONS);
    expect(catalog.algorithms.at(-1)).toBe('isomap');
    expect([catalog.algorithmTitle('isomap'), catalog.method('isomap')]).toEqual(['isomap', undefined]);
  });

  it('are the maps of the default where an address names a projection that there is not', () => {
    const catalog = new MapCatalog([map('a', 1)], spaces, PROJECTIONS);
    expect(catalog.resolve({ ...choice, algorithm: 'magic' }, 1)).toEqual({ ...choice, epoch: 1 });
    expect([catalog.isKnown('magic'), catalog.isKnown('pca')]).toEqual([false, true]);
  });

  it('are found by what they show, a ready one first', () => {
    const catalog = new MapCatalog(
      [map('newer', 2, JobState.RUNNING), map('ready', 2), map('pca', 2, JobState.SUCCEEDED, 'pca')],
      spaces,
      PROJECTIONS,
    );
    expect(catalog.find({ ...choice, epoch: 2 })?.id).toBe('ready');
    expect(catalog.find({ ...choice, epoch: 2, algorithm: 'pca' })?.id).toBe('pca');
    expect(catalog.find({ ...choice, epoch: 2, space: 'concept' })).toBeUndefined();
  });

  it('are found by their id among maps that show the same, and nowhere else', () => {
    const catalog = new MapCatalog(
      [map('newer', 2), map('older', 2), map('other epoch', 1)],
      spaces,
      PROJECTIONS,
    );
    expect(catalog.all({ ...choice, epoch: 2 }).map(({ id }) => id)).toEqual(['newer', 'older']);
    expect(catalog.find({ ...choice, epoch: 2 })?.id).toBe('newer');
    expect(catalog.find({ ...choice, epoch: 2 }, 'older')?.id).toBe('older');
    expect(catalog.find({ ...choice, epoch: 2 }, 'other epoch')?.id).toBe('newer');
  });

  it('lend a map that is being made the columns of the same epoch and data', () => {
    const made = map('being made', 2, JobState.RUNNING, 'tsne');
    const catalog = new MapCatalog([made, map('of epoch 1', 1), map('of epoch 2', 2)], spaces, PROJECTIONS);
    expect(catalog.findLike(made)?.id).toBe('of epoch 2');
    expect(catalog.findLike({ ...made, datasetVersionId: 'other data' })).toBeUndefined();
  });

  it('resolve to the last epoch that has one', () => {
    const catalog = new MapCatalog(
      [map('c', 3, JobState.RUNNING), map('b', 2), map('a', 1)],
      spaces,
      PROJECTIONS,
    );
    expect(catalog.resolve(choice, 3).epoch).toBe(2);
    expect(catalog.resolve({ ...choice, space: 'concept' }, 3).epoch).toBe(3);
    expect(catalog.listEpochs(choice)).toEqual([1, 2]);
  });

  it('list their spaces from the whole to its parts', () => {
    expect(new MapCatalog([], spaces, []).spaceNames).toEqual([
      'all',
      'appearance',
      'concept',
      'layer/conv2',
      'layer/conv10',
      'custom',
    ]);
  });
});
