import { Inject, Injectable } from '@nestjs/common';
import {
  type ArtifactStore,
  artifactKey,
  type MatrixColumn,
  readMatrix,
  writeMatrix,
} from '@noema/artifacts';
import { ARTIFACT_STORE } from '@noema/host';
import { type ArtifactRef, LruCache } from '@noema/kernel';
import { type Basis, decodeBasis } from '@noema/perception';
import { ARROW_MEDIA_TYPE, EvaluationFile, readVectors, type Vectors } from '@noema/population/files';
import type { HeatMap } from '@noema/saliency';
import type { ArtifactOwner, FeatureMapFile } from '../analysis/analysis.ports.js';
import { encodePng } from '../png/png.encoder.js';
import type { NamedSums } from '../selection-analysis/selection-analysis.ports.js';
import type { Picture } from './picture.js';

/** Third part of the keys of everything that this service stores. */
export const ANALYSIS_ARTIFACTS = 'analyses';
const PNG = 'image/png';
/** Bytes of the vectors that are kept: samples of one analysis often lie in one shard. */
const CACHE_BYTES = 32 * 2 ** 20;

/**
 * The files of analyses: values as Arrow, pictures as PNG; and the vectors and bases of activation sets,
 * which it only reads.
 */
@Injectable()
export class AnalysisArtifactStore {
  readonly encodePicture = encodePng;
  private readonly vectors = new LruCache<Vectors>(CACHE_BYTES, {
    weigh: ({ data }) => data.byteLength,
  });

  constructor(@Inject(ARTIFACT_STORE) private readonly store: ArtifactStore) {}

  writeValues(
    owner: ArtifactOwner,
    name: string,
    { data }: HeatMap,
    [rows = 1, ...dims]: readonly number[],
  ): Promise<ArtifactRef> {
    return this.put(owner, name, writeMatrix([{ name: 'values', data, rows, dims }]), ARROW_MEDIA_TYPE);
  }

  writePicture(owner: ArtifactOwner, name: string, picture: Picture): Promise<ArtifactRef> {
    return this.put(owner, name, this.encodePicture(picture), PNG);
  }

  /** Writes one column `[h, w, units]` per layer. */
  writeFeatureMaps(owner: ArtifactOwner, maps: readonly FeatureMapFile[]): Promise<ArtifactRef> {
    const columns = maps.map(
      ({ layer: name, data, height, width, units }): MatrixColumn => ({
        name,
        data,
        rows: 1,
        dims: [height, width, units],
      }),
    );
    return this.put(owner, 'feature-maps.arrow', writeMatrix(columns), ARROW_MEDIA_TYPE);
  }

  async readFeatureMap(ref: ArtifactRef, layer: string): Promise<FeatureMapFile> {
    const {
      data,
      dims: [height = 1, width = 1, units = 1],
    } = readMatrix(await this.store.get(ref)).float32(layer);
    return { layer, height, width, units, data };
  }

  /** Reads the bytes of a picture or of the values of a heat map. */
  read(ref: ArtifactRef): Promise<Uint8Array> {
    return this.store.get(ref);
  }

  /** Reads the loss and the class index of a row by an output, the first one for ''; -1 without ground truth. */
  async readEvaluation(
    ref: ArtifactRef,
    row: number,
    output = '',
  ): Promise<{ readonly loss?: number; readonly trueClass: number }> {
    const found = EvaluationFile.read(await this.store.get(ref)).find(output);
    // A regression, or a run without ground truth, has no true classes.
    const trueClass = found.trueClass?.[row] ?? -1;
    return found.hasLoss[row] === 1 ? { loss: found.loss[row]!, trueClass } : { trueClass };
  }

  async readBasis(ref: ArtifactRef): Promise<Basis> {
    return decodeBasis(await this.store.get(ref));
  }

  async readVector(ref: ArtifactRef, shardRow: number): Promise<Float32Array> {
    const { data, width } = await this.vectors.get(ref.uri, async () =>
      readVectors(await this.store.get(ref)),
    );
    return data.slice(shardRow * width, (shardRow + 1) * width);
  }

  writeSums(owner: ArtifactOwner, shard: number, sums: NamedSums): Promise<ArtifactRef> {
    const columns = Object.entries(sums).map(
      ([name, sum]): MatrixColumn => ({ name, data: Float32Array.from(sum), rows: 1, dims: [sum.length] }),
    );
    return this.put(owner, `sums-${shard}.arrow`, writeMatrix(columns), ARROW_MEDIA_TYPE);
  }

  async readSums(ref: ArtifactRef, name: string): Promise<Float32Array> {
    return readMatrix(await this.store.get(ref)).float32(name).data;
  }

  private put(
    { teamId, projectId, id }: ArtifactOwner,
    part: string,
    bytes: Uint8Array,
    mediaType: string,
  ): Promise<ArtifactRef> {
    return this.store.put(
      artifactKey({ teamId, projectId, kind: ANALYSIS_ARTIFACTS, id, part }),
      bytes,
      mediaType,
    );
  }
}
