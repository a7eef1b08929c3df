import { type FieldType, Filter, labelAlias, SPLIT_FIELD } from '@noema/kernel';
import { metadataColumn, SAMPLE_COLUMNS as COLUMNS } from '@noema/population/rules';
import type { DatasetContent } from '../dataset-version/dataset-version.js';

/** A condition over samples of this content. Throws `invalid` FILTER_INVALID, FILTER_TOO_MANY_CONDITIONS. */
export function sampleFilter(text: string, content: DatasetContent): Filter {
  const fields = sampleFields(content);
  return Filter.of(text, fields, labelAlias(fields));
}

/** The fields that samples of this content may be filtered and sorted by. */
export function sampleFields(content: DatasetContent): ReadonlyMap<string, FieldType> {
  const own: [string, FieldType][] = [
    [COLUMNS.row, 'number'],
    [COLUMNS.split, SPLIT_FIELD],
    [COLUMNS.sampleId, 'string'],
    [COLUMNS.classIndex, 'number'],
    [COLUMNS.className, 'string'],
  ];
  return new Map([
    ...own,
    ...content.metadataColumns.map(({ name, type }): [string, FieldType] => [metadataColumn(name), type]),
  ]);
}
