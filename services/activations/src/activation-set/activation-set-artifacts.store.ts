import { Inject, Injectable } from '@nestjs/common';
import {
  artifactKey,
  type ArtifactStore,
  type MatrixColumn,
  readMatrix,
  writeMatrix,
} from '@noema/artifacts';
import { ARTIFACT_STORE } from '@noema/host';
import { type ArtifactRef, LruCache } from '@noema/kernel';
import {
  type Basis,
  decodeBasis,
  decodeMoments,
  encodeBasis,
  encodeMoments,
  FLOAT64_FILE_MEDIA_TYPE,
  type Moments,
} from '@noema/perception';
import { ARROW_MEDIA_TYPE, EvaluationFile, writeVectors } from '@noema/population/files';
import type { UnitStatistics } from '../unit/unit-statistics.js';
import type { Responses } from './activation-set.js';

/** Third part of the keys of everything that this service stores. */
export const ACTIVATION_ARTIFACTS = 'activations';
/** Bytes of responses that stay in memory: mostly the worker that wrote them projects them next. */
const CACHE_BYTES = 64 * 2 ** 20;

/** Whose artifact it is. */
export interface ArtifactOwner {
  readonly teamId: string;
  readonly projectId: string;
  readonly setId: string;
}

/** The matrices of sets as Arrow files, moments and bases as float64 files. */
@Injectable()
export class ActivationSetArtifactStore {
  /** Data that every shard of a set reads: one basis, and one evaluation of all rows. */
  private readonly bases = new LruCache<Basis>(1);
  private readonly evaluations = new LruCache<{ losses: Float32Array; classes: Int32Array }>(1);
  private readonly responses = new LruCache<Responses>(CACHE_BYTES, {
    weigh: ({ mean, max }) => mean.byteLength + max.byteLength,
  });

  constructor(@Inject(ARTIFACT_STORE) private readonly store: ArtifactStore) {}

  async writeResponses(
    owner: ArtifactOwner,
    shard: number,
    responses: Responses,
    rows: number,
  ): Promise<ArtifactRef> {
    const { mean, max } = responses;
    const dims = [mean.length / rows];
    const ref = await this.matrix(owner, `responses-${shard}.arrow`, [
      { name: 'mean', data: mean, rows, dims },
      { name: 'max', data: max, rows, dims },
    ]);
    void this.responses.get(ref.sha256, () => Promise.resolve(responses));
    return ref;
  }

  readResponses(ref: ArtifactRef): Promise<Responses> {
    return this.responses.get(ref.sha256, async () => {
      const file = readMatrix(await this.store.get(ref));
      return { mean: file.float32('mean').data, max: file.float32('max').data };
    });
  }

  writeMoments(owner: ArtifactOwner, part: string, moments: Moments): Promise<ArtifactRef> {
    return this.put(owner, `${part}.f64`, encodeMoments(moments), FLOAT64_FILE_MEDIA_TYPE);
  }

  async readMoments(ref: ArtifactRef): Promise<Moments> {
    return decodeMoments(await this.store.get(ref));
  }

  writeBasis(owner: ArtifactOwner, basis: Basis): Promise<ArtifactRef> {
    return this.put(owner, 'basis.f64', encodeBasis(basis), FLOAT64_FILE_MEDIA_TYPE);
  }

  readBasis(ref: ArtifactRef): Promise<Basis> {
    return this.bases.get(ref.sha256, async () => decodeBasis(await this.store.get(ref)));
  }

  writeVectors(
    owner: ArtifactOwner,
    shard: number,
    vectors: Float32Array,
    rows: number,
  ): Promise<ArtifactRef> {
    const bytes = writeVectors({ data: vectors, rows, width: vectors.length / rows });
    return this.put(owner, `vectors-${shard}.arrow`, bytes, ARROW_MEDIA_TYPE);
  }

  writeStatistics(owner: ArtifactOwner, statistics: UnitStatistics): Promise<ArtifactRef> {
    const columns = Object.entries(statistics).map(([name, data]: [string, Float32Array]) => ({
      name,
      data,
      rows: data.length,
      dims: [],
    }));
    return this.matrix(owner, 'units.arrow', columns);
  }

  async readStatistics(ref: ArtifactRef): Promise<UnitStatistics> {
    const file = readMatrix(await this.store.get(ref));
    const column = (name: keyof UnitStatistics): Float32Array => file.float32(name).data;
    return {
      mean: column('mean'),
      standardDeviation: column('standardDeviation'),
      min: column('min'),
      max: column('max'),
      lossCorrelation: column('lossCorrelation'),
    };
  }

  /** Loss of every row [n] float32, NaN where there is none, and its class [n], −1 where there is none. */
  readEvaluation(evaluation: ArtifactRef): Promise<{ losses: Float32Array; classes: Int32Array }> {
    return this.evaluations.get(evaluation.sha256, async () => {
      const { rows, first } = EvaluationFile.read(await this.store.get(evaluation));
      // Copies: views would keep the whole file. A regression, or a run without ground truth, has no true
      // classes.
      return {
        losses: first.losses,
        classes: first.trueClass?.slice() ?? new Int32Array(rows).fill(-1),
      };
    });
  }

  private matrix(owner: ArtifactOwner, part: string, columns: readonly MatrixColumn[]): Promise<ArtifactRef> {
    return this.put(owner, part, writeMatrix(columns), ARROW_MEDIA_TYPE);
  }

  private put(
    { teamId, projectId, setId }: ArtifactOwner,
    part: string,
    bytes: Uint8Array,
    mediaType: string,
  ): Promise<ArtifactRef> {
    return this.store.put(
      artifactKey({ teamId, projectId, kind: ACTIVATION_ARTIFACTS, id: setId, part }),
      bytes,
      mediaType,
    );
  }
}
