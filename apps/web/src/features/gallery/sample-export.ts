import type { JsonValue } from '@bufbuild/protobuf';
import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { Sample } from '@noema/contracts/noema/datasets/v1/sample';
import { sampleKey } from '../../parts/address/sample-key.js';
import { csvCell, csvLine } from '../../parts/csv-cell.js';
import { splitName } from '../../parts/address/split.js';

/** Samples as CSV: row, split, id, class and all metadata columns; a piece for each list of samples. */
export async function* sampleCsv(
  { metadataColumns }: Pick<DatasetVersion, 'metadataColumns'>,
  pages: AsyncIterable<readonly Sample[]>,
): AsyncGenerator<string> {
  const names = metadataColumns.map(({ name }) => name);
  yield csvLine([
    'row',
    'split',
    'sample_id',
    'class_name',
    ...names.map((name) => csvCell(`metadata.${name}`)),
  ]);
  for await (const page of pages)
    yield page
      .map(({ row, ref, className, metadata }) =>
        csvLine([
          String(row),
          splitName(ref?.split ?? 0),
          csvCell(ref?.sampleId ?? ''),
          csvCell(className),
          ...names.map((name) => jsonCell(metadata?.[name])),
        ]),
      )
      .join('');
}

/** The ids of samples, one per line, with their split. */
export async function* sampleIds(pages: AsyncIterable<readonly Sample[]>): AsyncGenerator<string> {
  for await (const page of pages)
    yield page.map(({ ref }) => (ref === undefined ? '' : `${sampleKey(ref)}\n`)).join('');
}

const jsonCell = (data: JsonValue | undefined): string =>
  data === undefined || data === null
    ? ''
    : typeof data === 'string'
      ? csvCell(data)
      : csvCell(JSON.stringify(data));
