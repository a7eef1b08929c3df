import { type Chart, type Column, columnName, FRAME_FIELDS } from '@noema/evaluation';
import { type BoundFilter, SPLIT_FIELD } from '@noema/kernel/filter-language';
import type { PointColumns } from '../../api/point-columns.js';
import type { DashboardField } from './dashboard-fields.js';
import { isScoreChart, isScoreField } from './score-fields.js';
import { bindText, CLASS_NAME } from './sample-links.js';

/** The columns that charts and filters read and that exist; each chart reports the faults of the others. */
export function usedColumns(
  charts: readonly Chart[],
  filters: readonly string[],
  fields: readonly DashboardField[],
): string[] {
  const known = new Map(fields.map((field) => [field.name, undefined]));
  const names = charts.flatMap((chart) =>
    isScoreChart(chart)
      ? []
      : chart.kind === 'reduction'
        ? ['true_class', 'predicted_class']
        : [chart.x?.field, chart.y?.field, chart.color?.field, chart.facet?.field, chart.value.field],
  );
  const read = [...charts.map(({ where }) => where), ...filters].flatMap((text) =>
    filterColumns(text, fields),
  );
  const resolved = [...names.filter((name) => name !== undefined), ...read].map((name) =>
    name === CLASS_NAME ? 'true_class' : columnName(name, known as unknown as ReadonlyMap<string, Column>),
  );
  return [...new Set(resolved)].filter(
    (name) => known.has(name) && !isScoreField(name) && !FRAME_FIELDS.some((one) => one === name),
  );
}

function filterColumns(text: string, fields: readonly DashboardField[]): string[] {
  try {
    const bound = bindText(text, fields);
    return bound === undefined ? [] : listFields(bound);
  } catch {
    return [];
  }
}

function listFields(filter: BoundFilter): string[] {
  if (filter.kind === 'not') return listFields(filter.operand);
  return 'operands' in filter ? filter.operands.flatMap(listFields) : [filter.field];
}

/** The columns of a map by the names of fields; `sources` has the column of each field. */
export function renameColumns(
  { numbers, codes }: Pick<PointColumns, 'numbers' | 'codes'>,
  sources: ReadonlyMap<string, string>,
): Pick<PointColumns, 'numbers' | 'codes'> {
  const rename = <T>(columns: ReadonlyMap<string, T>): ReadonlyMap<string, T> =>
    new Map(
      [...sources].flatMap(([field, source]) => {
        const column = columns.get(source);
        return column === undefined ? [] : [[field, column] as const];
      }),
    );
  return { numbers: rename(numbers), codes: rename(codes) };
}

/** The columns of a map in the form that charts read. */
export function toColumns(
  { numbers, codes }: Pick<PointColumns, 'numbers' | 'codes'>,
  fields: readonly DashboardField[],
): (readonly [string, Column])[] {
  const kinds = new Map(fields.map(({ name, kind }) => [name, kind]));
  const columns: (readonly [string, Column])[] = [
    ...[...numbers].map(([name, values]) => [name, { kind: 'number', values }] as const),
    ...[...codes].map(([name, { values, missing, names }]): readonly [string, Column] => {
      if (kinds.get(name) === 'boolean')
        return [
          name,
          {
            kind: 'boolean',
            values: Uint8Array.from(values, (code) =>
              code === missing ? 255 : names[code] === 'true' ? 1 : 0,
            ),
          },
        ];
      return [
        name,
        {
          kind: 'text',
          codes: Int32Array.from(values, (code) => (code === missing ? -1 : code)),
          names,
          ...(name === 'split' && { enum: SPLIT_FIELD }),
        },
      ];
    }),
  ];
  const truth = columns.find(([name]) => name === 'true_class');
  return truth === undefined ? columns : [...columns, [CLASS_NAME, truth[1]]];
}
