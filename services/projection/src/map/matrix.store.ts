import { Inject, Injectable } from '@nestjs/common';
import { artifactKey, type ArtifactStore } from '@noema/artifacts';
import { ARTIFACT_STORE } from '@noema/host';
import type { ArtifactRef } from '@noema/kernel';
import { checkNeighbors, type NeighborGraph, points, type Points } from '@noema/manifold';
import {
  ARROW_MEDIA_TYPE,
  EvaluationFile,
  joinVectors,
  readMap,
  readNeighbors,
  readVectors,
  writeLayout,
  writeMap,
} from '@noema/population/files';
import type { NeighborGraphRecord } from '../neighbor-graph/neighbor-graph.js';
import type { MapPoints } from './map.js';

/** Third part of the keys of everything that this service stores. */
export const EXPLORATION_ARTIFACTS = 'explorations';

/** Matrices in Arrow files, read into memory that threads share. */
@Injectable()
export class MatrixStore {
  constructor(@Inject(ARTIFACT_STORE) private readonly store: ArtifactStore) {}

  /** Returns vectors [rows, d]. Throws `data-loss` VECTORS_SHAPE for another number of rows. */
  async vectors(refs: readonly ArtifactRef[], rows: number): Promise<Points> {
    const { data, width } = await joinVectors(
      refs.map((ref) => async () => readVectors(await this.store.get(ref))),
      { rows, owner: `the shards from ${refs[0]?.uri} on` },
    );
    return points(data, width);
  }

  async neighbors({ artifact, sampleCount }: NeighborGraphRecord): Promise<NeighborGraph> {
    const { n, k, indices, distances } = readNeighbors(await this.store.get(artifact));
    const neighbors = { n, k, indices: sharedInt32(indices), distances: sharedFloat32(distances) };
    checkNeighbors(neighbors, sampleCount);
    return neighbors;
  }

  /** Returns the loss of every sample [n], NaN for none; `undefined` without an evaluation. */
  async losses({ evaluation }: NeighborGraphRecord): Promise<Float32Array | undefined> {
    return evaluation && sharedFloat32(EvaluationFile.read(await this.store.get(evaluation)).first.losses);
  }

  /** Returns the points of a made map, and the class of each [n], −1 for none. */
  async points(ref: ArtifactRef): Promise<MapPoints & { readonly classes: Int32Array }> {
    const { dimensions, coordinates, clusters, trust, classes } = readMap(await this.store.get(ref));
    return {
      dimensions,
      coordinates: sharedFloat32(coordinates),
      assignment: sharedInt32(clusters),
      trustOfPoints: sharedFloat32(trust),
      classes: sharedInt32(classes),
    };
  }

  /** Stores coordinates [n, dimensions] of a layout that is under way. */
  putPreview(
    { teamId, projectId, sampleCount }: NeighborGraphRecord,
    id: string,
    coordinates: Float32Array,
  ): Promise<ArtifactRef> {
    const bytes = writeLayout(coordinates, sampleCount);
    return this.store.put(
      artifactKey({ teamId, projectId, kind: EXPLORATION_ARTIFACTS, id, part: 'preview.arrow' }),
      bytes,
      ARROW_MEDIA_TYPE,
    );
  }

  putPoints(
    { teamId, projectId }: NeighborGraphRecord,
    id: string,
    map: MapPoints,
    classes: Int32Array,
  ): Promise<ArtifactRef> {
    const bytes = writeMap({
      rows: classes.length,
      dimensions: map.dimensions,
      coordinates: map.coordinates,
      clusters: map.assignment,
      trust: map.trustOfPoints,
      classes,
    });
    return this.store.put(
      artifactKey({ teamId, projectId, kind: EXPLORATION_ARTIFACTS, id, part: 'points.arrow' }),
      bytes,
      ARROW_MEDIA_TYPE,
    );
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
