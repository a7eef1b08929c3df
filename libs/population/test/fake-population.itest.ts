import { FileArtifactStore } from '@noema/artifacts';
import { temporaryDirectory } from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EvaluationFile, readMap, readNeighbors, readVectors } from '../src/files/index.js';
import { hasRow, SampleTables } from '../src/index.js';
import { type FakePopulation, fakePopulation } from './fake-population.js';

const directory = await temporaryDirectory();
const store = new FileArtifactStore(directory.path);
const tables = new SampleTables(store);
let fake: FakePopulation;
beforeAll(async () => {
  fake = await fakePopulation(store, { teamId: 't', projectId: 'p', id: 'population' });
});
afterAll(async () => {
  await tables.close();
  await directory.remove();
});

describe('fakePopulation', () => {
  it('writes every file as its reader reads it', async () => {
    expect(readVectors(await store.get(fake.refs.vectors))).toEqual(fake.vectors);
    expect(readNeighbors(await store.get(fake.refs.neighbors))).toEqual(fake.neighbors);
    expect(readMap(await store.get(fake.refs.map))).toEqual(fake.map);
  });

  it('has an evaluation that agrees with the sample table', async () => {
    const { first } = EvaluationFile.read(await store.get(fake.refs.evaluation));
    const table = await tables.get(fake.refs.samples);
    const unlabeled = await table.matching(table.parseFilter('split = unlabeled'));
    const { classIndexes } = fake.samples;
    expect([...first.trueClass!]).toEqual(classIndexes);
    classIndexes.forEach((own, row) => {
      expect(hasRow(unlabeled, row)).toBe(own < 0);
      expect(first.hasLoss[row]).toBe(own < 0 ? 0 : 1);
      expect(first.correct![row]).toBe(Number(own >= 0 && own === first.predictedClass![row]));
    });
  });

  it('has neighbours of the same class only, nearest first', () => {
    const { n, k, indices, distances } = fake.neighbors;
    for (let row = 0; row < n; row++)
      for (let i = 0; i < k; i++) {
        expect(indices[row * k + i]! % 3).toBe(row % 3);
        if (i > 0) expect(distances[row * k + i]!).toBeGreaterThanOrEqual(distances[row * k + i - 1]!);
      }
  });
});
