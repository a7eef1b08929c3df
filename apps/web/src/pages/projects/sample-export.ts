import type { JsonValue } from '@bufbuild/protobuf';
import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { Sample } from '@noema/contracts/noema/datasets/v1/sample';
import { csvCell } from '../../parts/csv-cell.js';
import { splitName } from '../../parts/address/split.js';

/** Samples as CSV: row, split, id, class and all metadata columns; a piece for each list of samples. */
export async function* sampleCsv(
  { metadataColumns }: Pick<DatasetVersion, 'metadataColumns'>,
  pages: AsyncIterable<readonly Sample[]>,
): AsyncGenerator<string> {
  const names = metadataColumns.map(({ name }) => name);
  yield ['row', 'split', 'sample_id', 'class_name', ...names.map((name) => csvCell(`metadata.${name}`))].join(
    ',',
  ) + '\r\n';
  for await (const page of pages)
    yield page
      .map(({ row, ref, className, metadata }) =>
        [
          String(row),
          splitName(ref?.split ?? 0),
          csvCell(ref?.sampleId ?? ''),
          csvCell(className),
          ...names.map((name) => jsonCell(metadata?.[name])),
        ].join(','),
      )
      .map((line) => `${line}\r\n`)
      .join('');
}

/** The ids of samples, one per line, with their split. */
export async function* sampleIds(pages: AsyncIterable<readonly Sample[]>): AsyncGenerator<string> {
  for await (const page of pages)
    yield page.map(({ ref }) => `${splitName(ref?.split ?? 0)}/${ref?.sampleId ?? ''}\n`).join('');
}

const jsonCell = (data: JsonValue | undefined): string =>
  data === undefined || data === null
    ? ''
    : typeof data === 'string'
      ? csvCell(data)
      : csvCell(JSON.stringify(data));
