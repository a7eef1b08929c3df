import { DomainError, uuidv7 } from '@noema/kernel';
import { memoryTable } from '@noema/testing';
import type { Epoch } from '../src/epoch/epoch.js';
import type { Model, ModelInfo, ModelVersion } from '../src/model/model.js';
import type { NewRun, Run } from '../src/run/run.js';
import { completeSettings } from '../src/run/run.settings.js';

export const TEAM = 'team';
export const QUERY = { pageSize: 0, pageToken: '', filter: '', orderBy: '' };

export const toRef = (uri: string) => ({ uri, sha256: '0', sizeBytes: 1, mediaType: 'x' });

/** Models in memory. A model that a run refers to is in use. */
export const memoryModels = () => {
  const table = memoryTable<Model>();
  const runs = new Map<string, number>();
  return {
    ...table,
    use: (id: string) => runs.set(id, (runs.get(id) ?? 0) + 1),
    insert: (model: Omit<Model, 'latestVersionId'>) =>
      Promise.resolve(table.add({ ...model, latestVersionId: '' })),
    hasName: (projectId: string, displayName: string) =>
      Promise.resolve(
        table.all().some((model) => model.projectId === projectId && model.displayName === displayName),
      ),
    countRuns: (id: string) => Promise.resolve(runs.get(id) ?? 0),
    rename: (id: string, displayName: string) => Promise.resolve(table.change(id, { displayName })),
  };
};

export const memoryVersions = () => {
  const table = memoryTable<ModelVersion>();
  return {
    ...table,
    insert: (version: Omit<ModelVersion, 'number'>) =>
      Promise.resolve(table.add({ ...version, number: table.all().length + 1 })),
  };
};

/** Runs in memory, whose jobs are queued until `change` says otherwise. */
export const memoryRuns = () => {
  const table = memoryTable<Run>();
  const noResult = { fault: undefined, lastEpoch: undefined, progress: undefined, endTime: undefined };
  return {
    ...table,
    insert: (run: NewRun) =>
      Promise.resolve(table.add({ ...run, ...noResult, state: 'queued', epochsDone: 0 })),
    count: (projectId: string) =>
      Promise.resolve(table.all().filter((run) => run.projectId === projectId).length),
    rename: (id: string, displayName: string) => Promise.resolve(table.change(id, { displayName })),
    setEpochs: async (id: string, epochs: number) => {
      const run = await table.find(id);
      table.change(id, { settings: { ...run!.settings, epochs } });
    },
  };
};

export const newRun = (changes: Partial<NewRun> = {}): NewRun => ({
  id: uuidv7(),
  projectId: 'project',
  displayName: 'run',
  datasetVersionId: 'dataset',
  modelVersionId: 'version',
  settings: completeSettings({ epochs: 5 }, { workers: 1, optimizer: 'adam' }),
  jobId: 'job',
  engine: 'cpu',
  createTime: new Date(0),
  ...changes,
});

/** The first epochs of one run. */
export const memoryEpochs = (runId: string, count: number) => {
  const epochs = Array.from(
    { length: count },
    (_, i): Epoch => ({
      runId,
      epoch: i + 1,
      splits: [],
      weights: toRef(`weights ${i + 1}`),
      optimizerState: undefined,
      evaluation: toRef(`evaluation ${i + 1}`),
      modelVersionId: '',
      seconds: 0,
      samplesPerSecond: 0,
      endTime: new Date(0),
    }),
  );
  const within = (id: string): readonly Epoch[] => (id === runId ? epochs : []);
  return {
    find: (id: string, epoch: number) =>
      Promise.resolve(epoch === 0 ? within(id).at(-1) : within(id).find((one) => one.epoch === epoch)),
    listAfter: (id: string, epoch: number, limit: number) =>
      Promise.resolve(
        within(id)
          .filter((one) => one.epoch > epoch)
          .slice(0, limit),
      ),
  };
};

/** Stored topologies by their URI. */
export const memoryTopologies = () => {
  const stored = new Map<string, unknown>();
  const save = (_owner: unknown, artifact: unknown) => {
    const ref = toRef(`topology ${stored.size + 1}`);
    stored.set(ref.uri, artifact);
    return Promise.resolve(ref);
  };
  return {
    save,
    saveJson: (owner: unknown, json: Uint8Array) =>
      save(owner, JSON.parse(Buffer.from(json).toString()) as unknown),
    read: ({ uri }: { readonly uri: string }) => Promise.resolve(stored.get(uri)),
    readJson: ({ uri }: { readonly uri: string }) =>
      Promise.resolve(Buffer.from(JSON.stringify(stored.get(uri) ?? null))),
  };
};

/** A workspace with some projects. */
export const projectsWith = (...ids: string[]) => ({
  mustExist: (_team: string, id: string) =>
    ids.includes(id)
      ? Promise.resolve()
      : Promise.reject(new DomainError('not-found', 'PROJECT_NOT_FOUND', `project "${id}" does not exist`)),
});

/** A network of one dense layer from [4] to softmax of [2]. */
export const INFO: ModelInfo = {
  inputs: [{ name: 'x', dims: [4] }],
  outputs: [{ name: 'y', dims: [2] }],
  parameterCount: 10,
  layers: [
    {
      name: 'dense',
      kind: 'Dense',
      outputDims: [2],
      parameterCount: 10,
      unitCount: 2,
      isConvolution: false,
      config: {},
      inputs: [],
    },
  ],
  blocks: [],
  proposed: [],
  heads: [],
  parameters: [{ name: 'dense/kernel', dims: [4, 2] }],
  operators: '',
  artifact: { modelTopology: 'dense' },
};
