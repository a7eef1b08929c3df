import { splitMessage } from '@noema/contracts';
import type { Sample } from '@noema/contracts/noema/datasets/v1/sample';
import type { SampleRef } from '@noema/contracts/noema/type/v1/sample_ref';
import { DomainError, type SplitName } from '@noema/kernel';
import { unfence } from '../answer/fence.js';
import type { AgentContext } from '../tool.js';

const SPLITS: readonly string[] = ['training', 'validation', 'test', 'unlabeled'] satisfies SplitName[];

/** Address of a sample: `split/id`, or the number of its row. */
export interface SampleQuery {
  readonly sample?: string | undefined;
  readonly row?: number | undefined;
}

/** Returns a sample. Throws `invalid` SAMPLE_INVALID, `not-found` ROW_NOT_FOUND, SAMPLE_NOT_FOUND. */
export async function findSample(
  { platform: { samples } }: AgentContext,
  datasetVersionId: string,
  { sample, row }: SampleQuery,
): Promise<Sample & { readonly ref: SampleRef }> {
  if ((sample === undefined) === (row === undefined))
    throw new DomainError(
      'invalid',
      'SAMPLE_INVALID',
      'name the sample either as sample, such as "validation/17", or as row, such as 120',
    );
  if (row !== undefined)
    return withRef((await samples.listSamples({ datasetVersionId, rows: [row] })).samples[0], row);
  const text = unfence(sample!);
  const slash = text.indexOf('/');
  const [split, sampleId] = [text.slice(0, slash), text.slice(slash + 1)];
  if (!SPLITS.includes(split) || sampleId === '')
    throw new DomainError(
      'invalid',
      'SAMPLE_INVALID',
      `"${text}" is not split/id; write such as "validation/17", with one of ${SPLITS.join(', ')}`,
    );
  const address = { datasetVersionId, split: splitMessage(split as SplitName), sampleId };
  return withRef((await samples.getSample(address)).sample, text);
}

function withRef(sample: Sample | undefined, name: string | number): Sample & { readonly ref: SampleRef } {
  if (sample?.ref !== undefined) return sample as Sample & { readonly ref: SampleRef };
  throw new DomainError(
    'not-found',
    'ROW_NOT_FOUND',
    `the data of the run has no sample ${name}; list the samples with samples`,
  );
}
