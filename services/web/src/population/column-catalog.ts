import { ColumnType } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { columnTitle } from './column.js';
import type { Described } from './placed-rows.js';

/** A column that points can be coloured, sized or filtered by. */
export interface ColumnOption { readonly name: string; readonly title: string; readonly group: 'model' | 'map' | 'data'; readonly isNumber: boolean }

/** The columns that the points of a dataset version have; without classes there is no prediction to show. */
export function columnsOf({ classNames, metadataColumns, splits, hasOrigin = false }: Described): ColumnOption[] {
  const option = (name: string, group: ColumnOption['group'], isNumber: boolean): ColumnOption => ({ name, title: columnTitle(name), group, isNumber });
  const classes = classNames.length === 0 ? [] : [
    option('true_class', 'model', false), option('predicted_class', 'model', false), option('correct', 'model', false),
    option('confidence', 'model', true), option('true_probability', 'model', true),
  ];
  return [
    option('loss', 'model', true), ...classes, option('cluster', 'map', false), option('trust', 'map', true), ...(hasOrigin ? [option('origin', 'map', false)] : []),
    ...(splits.length > 0 ? [option('split', 'data', false)] : []),
    ...metadataColumns.map((column) => option(`metadata.${column.name}`, 'data', column.type === ColumnType.NUMBER)),
  ];
}

/** What the first stream of a map carries besides its coordinates; columns that a version does not have are taken for the loss. */
export function firstColumnsOf(version: Described, looks: { readonly color: string; readonly size: string }): string[] {
  const known = new Set(columnsOf(version).map(({ name }) => name));
  const asked = [looks.color, looks.size].map((name) => (known.has(name) || name === 'none' ? name : 'loss'));
  return [...new Set(['loss', ...(version.classNames.length > 0 ? ['true_class'] : []), ...asked])].filter((name) => name !== 'none');
}

const GROUPS = { model: 'What the model says', map: 'What the map says', data: 'What the data say' } as const;

/** The columns under headings, for a list to choose from. */
export function groupsOf(options: readonly ColumnOption[], first: readonly { readonly value: string; readonly label: string }[] = []) {
  const groups = (Object.keys(GROUPS) as (keyof typeof GROUPS)[]).map((group) => ({ group: GROUPS[group], items: options.filter((o) => o.group === group).map(({ name, title }) => ({ value: name, label: title })) }));
  return [...first, ...groups.filter(({ items }) => items.length > 0)];
}
