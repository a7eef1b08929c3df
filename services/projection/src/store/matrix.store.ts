import {
  artifactKey,
  type ArtifactStore,
  lossesOf,
  type MatrixFile,
  readMatrix,
  writeMatrix,
} from '@noema/artifacts';
import { type ArtifactRef, DomainError } from '@noema/kernel';
import { checkNeighbors, type NeighborGraph, points, type Points } from '@noema/manifold';
import type { MapPoints, MatrixStore } from '../domain/exploration.ports.js';
import type { GraphRecord } from '../domain/neighbor-graph.js';

const ARROW = 'application/vnd.apache.arrow.file';
/** Third part of the keys of everything that this service stores. */
export const KIND = 'explorations';

/** Matrices in Arrow files, read into memory that threads share. */
export class ArrowMatrixStore implements MatrixStore {
  constructor(private readonly store: ArtifactStore) {}

  async vectors(refs: readonly ArtifactRef[], rows: number): Promise<Points> {
    const parts: Float32Array[] = [];
    let dims = 0;
    for (const ref of refs) {
      const {
        data,
        dims: [width = 0],
      } = (await this.read(ref)).float32('vectors');
      parts.push(data);
      dims = width;
    }
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    if (length !== rows * dims || dims === 0) {
      throw new DomainError(
        'data-loss',
        'VECTORS_SHAPE',
        `the vectors at ${refs[0]?.uri} and behind it hold ${length} values, not ${rows} × ${dims}; ` +
          'make their activation set again',
      );
    }
    const all = new Float32Array(new SharedArrayBuffer(4 * length));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return points(all, dims);
  }

  async neighbors(graph: GraphRecord): Promise<NeighborGraph> {
    const file = await this.read(graph.artifact);
    const [indices, distances] = [file.int32('indices'), file.float32('distances')];
    const neighbors = {
      n: file.rows,
      k: indices.dims[0] ?? 0,
      indices: sharedInt32(indices.data),
      distances: sharedFloat32(distances.data),
    };
    checkNeighbors(neighbors, graph.sampleCount);
    return neighbors;
  }

  async losses(graph: GraphRecord): Promise<Float32Array | undefined> {
    return graph.evaluation && sharedFloat32(lossesOf(await this.read(graph.evaluation)));
  }

  async points(ref: ArtifactRef): Promise<MapPoints & { readonly classes: Int32Array }> {
    const file = await this.read(ref);
    const coordinates = file.float32('coordinates');
    return {
      dimensions: coordinates.dims[0] === 3 ? 3 : 2,
      coordinates: sharedFloat32(coordinates.data),
      assignment: sharedInt32(file.int32('clusters').data),
      trustOfPoints: sharedFloat32(file.float32('trust').data),
      classes: sharedInt32(file.int32('classes').data),
    };
  }

  putPreview(
    { teamId, projectId, sampleCount }: GraphRecord,
    id: string,
    coordinates: Float32Array,
  ): Promise<ArtifactRef> {
    const bytes = writeMatrix([
      { name: 'coordinates', data: coordinates, rows: sampleCount, dims: [coordinates.length / sampleCount] },
    ]);
    return this.store.put(
      artifactKey({ teamId, projectId, kind: KIND, id, part: 'preview.arrow' }),
      bytes,
      ARROW,
    );
  }

  putPoints(
    { teamId, projectId }: GraphRecord,
    id: string,
    map: MapPoints,
    classes: Int32Array,
  ): Promise<ArtifactRef> {
    const rows = classes.length;
    const bytes = writeMatrix([
      { name: 'coordinates', data: map.coordinates, rows, dims: [map.dimensions] },
      { name: 'clusters', data: map.assignment, rows, dims: [] },
      { name: 'trust', data: map.trustOfPoints, rows, dims: [] },
      { name: 'classes', data: classes, rows, dims: [] },
    ]);
    return this.store.put(
      artifactKey({ teamId, projectId, kind: KIND, id, part: 'points.arrow' }),
      bytes,
      ARROW,
    );
  }

  private async read(ref: ArtifactRef): Promise<MatrixFile> {
    return readMatrix(await this.store.get(ref));
  }
}

function sharedFloat32(data: Float32Array): Float32Array {
  const copy = new Float32Array(new SharedArrayBuffer(data.byteLength));
  copy.set(data);
  return copy;
}

function sharedInt32(data: Int32Array): Int32Array {
  const copy = new Int32Array(new SharedArrayBuffer(data.byteLength));
  copy.set(data);
  return copy;
}
