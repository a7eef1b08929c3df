import { existsSync } from 'node:fs';
import type { Points } from '@noema/manifold';
import type { IndexKindAdapter } from '../vector-index/vector-index.js';
import { ChildConnection } from './child.connection.js';
import { ChildSupervisor, type Supervision, USUAL } from './child.supervisor.js';
import { faissMissing, indexDamaged } from './faiss.errors.js';
import { FaissIndex } from './faiss.index.js';
import type { FaissSettings } from './faiss.library.js';
import type { FaissCall } from './faiss.messages.js';
import { seal, unseal } from './index.envelope.js';
import { withBreadth } from './hnsw.tuning.js';
import { fill, load, save } from './index.loading.js';
import type { Frame } from './frame.js';
import { InnerFrame } from './inner.frame.js';
import { UnitFrame } from './unit.frame.js';

const checkReady = (kind: string, { library }: FaissSettings): void => {
  if (!existsSync(library)) throw faissMissing(kind, library);
};

/** Exact search by faiss (Johnson et al. 2019). Its index is the vectors themselves, so nothing is kept. */
export const faissFlatKind = (settings: FaissSettings, supervision: Supervision = {}): IndexKindAdapter => ({
  key: 'faiss-flat',
  title: 'Exact search (FAISS flat)',
  summary: 'Compares the queries with every vector by FAISS.',
  reference: 'Johnson et al. 2019',
  parameters: [],
  facts: { exact: true },
  checkReady: () => {
    checkReady('faiss-flat', settings);
  },
  build: () => {
    checkReady('faiss-flat', settings);
    return Promise.resolve(undefined);
  },
  async open(vectors) {
    checkReady('faiss-flat', settings);
    const frame = new InnerFrame(vectors);
    return start(
      vectors,
      frame,
      1,
      new ChildSupervisor(
        settings,
        (call) => fill(call, vectors.n, frame, { description: 'Flat' }),
        supervision,
      ),
    );
  },
});

/**
 * Hierarchical navigable small worlds (Malkov & Yashunin 2018): `m` links a row, `ef_construction` and
 * `ef_search` for how widely it searches when it inserts and when it answers. With one thread the same
 * vectors give the same index; with more the order of insertions varies, and the measured recall shows how
 * good this one is.
 */
export const faissHnswKind = (settings: FaissSettings, supervision: Supervision = {}): IndexKindAdapter => ({
  key: 'faiss-hnsw',
  title: 'Approximate search (FAISS HNSW)',
  summary: 'Walks a graph of near vectors, so that the time of a search hardly grows with their number.',
  reference: 'Malkov & Yashunin 2018',
  parameters: [
    {
      type: 'integer',
      name: 'm',
      title: 'Links',
      help: 'Number of links of a vector in the graph.',
      default: 32,
      minimum: 4,
      maximum: 64,
      step: 1,
    },
    {
      type: 'integer',
      name: 'ef_construction',
      title: 'Breadth of construction',
      help: 'Number of candidates that an insertion considers; more give a better graph, and take longer.',
      default: 80,
      minimum: 16,
      maximum: 512,
      step: 1,
    },
    {
      type: 'integer',
      name: 'ef_search',
      title: 'Breadth of search',
      help: 'Number of candidates that a search considers; more find more neighbors, and take longer.',
      default: 64,
      minimum: 16,
      maximum: 1024,
      step: 1,
      atSearch: true,
    },
  ],
  facts: { exact: false },
  checkReady: () => {
    checkReady('faiss-hnsw', settings);
  },
  async build(vectors, params, signal) {
    checkReady('faiss-hnsw', settings);
    // One life only: a child that died in the middle of a build has nothing to go on from.
    const child = new ChildConnection(settings, { ...USUAL, ...supervision });
    const call: FaissCall = (request) => child.call(request);
    try {
      await fill(call, vectors.n, new UnitFrame(vectors), {
        description: `HNSW${params['m']}`,
        efConstruction: params['ef_construction'],
        signal,
      });
      return seal(vectors, formatLabel(params), await save(call));
    } finally {
      await child.stop();
    }
  },
  async open(vectors, params, sealed) {
    checkReady('faiss-hnsw', settings);
    if (sealed === undefined) throw indexDamaged('there are no bytes of it');
    const efSearch = params['ef_search']!;
    const bytes = withBreadth(unseal(vectors, formatLabel(params), sealed), {
      efConstruction: params['ef_construction']!,
      efSearch,
    });
    return start(
      vectors,
      new UnitFrame(vectors),
      efSearch,
      new ChildSupervisor(settings, (call) => load(call, vectors, bytes), supervision),
    );
  },
});

/** Parameters on which the bytes depend; the breadth of the search is set when they are opened. */
const formatLabel = (params: Readonly<Record<string, number>>): string =>
  `HNSW${params['m']},efConstruction=${params['ef_construction']}`;

/** Opening waits for the first child, so that an index that cannot be loaded is known now. */
async function start(
  vectors: Points,
  frame: Frame,
  breadth: number,
  child: ChildSupervisor,
): Promise<FaissIndex> {
  try {
    await child.ready();
  } catch (error) {
    await child.close();
    throw error;
  }
  return new FaissIndex(child, vectors, frame, breadth);
}
