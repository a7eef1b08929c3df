import { create } from '@bufbuild/protobuf';
import { SampleSchema } from '@noema/contracts/noema/datasets/v1/sample';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { describe, expect, it } from 'vitest';
import { sampleCsv, sampleIds } from './sample-export.js';

const page = [
  create(SampleSchema, {
    row: 7,
    ref: { split: Split.VALIDATION, sampleId: 'a,b' },
    className: '=four',
    metadata: { ink: 0.25, source: 'x "y"' },
  }),
  create(SampleSchema, { row: 8, ref: { split: Split.TRAINING, sampleId: 's8' } }),
];

async function text(pieces: AsyncIterable<string>): Promise<string> {
  let all = '';
  for await (const piece of pieces) all += piece;
  return all;
}

async function* pages() {
  yield* await Promise.resolve([page]);
}

describe('samples as files', () => {
  it('writes one line per sample, with empty cells where there is no value', async () => {
    const metadataColumns = [{ name: 'ink' }, { name: 'source' }] as never;
    expect(await text(sampleCsv({ metadataColumns }, pages()))).toBe(
      'row,split,sample_id,class_name,metadata.ink,metadata.source\r\n' +
        `7,validation,"a,b",'=four,0.25,"x ""y"""\r\n` +
        '8,training,s8,,,\r\n',
    );
  });

  it('writes ids with their splits', async () => {
    expect(await text(sampleIds(pages()))).toBe('validation/a,b\ntraining/s8\n');
  });
});
