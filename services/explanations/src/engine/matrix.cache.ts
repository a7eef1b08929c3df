import { Inject, Injectable } from '@nestjs/common';
import { type ArtifactStore, type MatrixFile, readMatrix } from '@noema/artifacts';
import { ARTIFACT_STORE } from '@noema/host';
import { type ArtifactRef, LruCache } from '@noema/kernel';

/** Bytes of the files that are kept, those used last: samples of one question often lie in one shard. */
const CACHE_BYTES = 128 * 2 ** 20;

/** Matrices of the store; those used last are not read again. */
@Injectable()
export class MatrixCache {
  private readonly files = new LruCache<{ readonly file: MatrixFile; readonly bytes: number }>(CACHE_BYTES, {
    weigh: ({ bytes }) => bytes,
  });

  constructor(@Inject(ARTIFACT_STORE) private readonly store: ArtifactStore) {}

  /** The file; its arrays are shared, copy what is to change. Throws `data-loss` for damaged bytes. */
  async get(ref: ArtifactRef): Promise<MatrixFile> {
    const { file } = await this.files.get(ref.uri, async () => {
      const bytes = await this.store.get(ref);
      return { file: readMatrix(bytes), bytes: bytes.byteLength };
    });
    return file;
  }
}
