import { type Cell, quoted } from '@noema/artifacts';
import { sampleExpression, type SampleTable } from '@noema/population';
import type { ColumnComparison, ComparedColumn, MetadataBin } from './metadata-difference.js';

const BINS = 20;
/** True in rows that are selected; `$1` is one character a row, 1 when it is. */
const SELECTED = 'get_bit($1::BIT, "row") = 1';

/**
 * Compares a column of a sample table between the selected rows and the rest; DuckDB counts, in its own
 * thread.
 */
export function compareColumn(
  table: SampleTable,
  { field, ...column }: ComparedColumn & { readonly field: string },
  bits: string,
): Promise<ColumnComparison> {
  return column.type === 'number'
    ? compareNumbers(table, { ...column, field }, bits)
    : compareTexts(table, { ...column, field }, bits);
}

async function compareNumbers(
  table: SampleTable,
  { field, ...column }: ComparedColumn & { readonly field: string },
  bits: string,
): Promise<ColumnComparison> {
  const [summary] = await selectRows(
    table,
    `
    WITH counted AS (
      SELECT ${quoted(field)} AS x, count(*) FILTER (${SELECTED}) AS a, count(*) FILTER (NOT ${SELECTED}) AS b
        FROM t WHERE isfinite(${quoted(field)}) GROUP BY x),
    summed AS (
      SELECT x, a, b, (sum(a) OVER up)::DOUBLE AS below_a, (sum(b) OVER up)::DOUBLE AS below_b, (sum(a) OVER
        ())::DOUBLE AS n_a, (sum(b) OVER ())::DOUBLE AS n_b
      FROM counted WINDOW up AS (ORDER BY x))
    SELECT coalesce(max(n_a), 0) AS selected, coalesce(max(n_b), 0) AS rest, coalesce(max(abs(below_a /
      nullif(n_a, 0) - below_b / nullif(n_b, 0))), 0) AS difference,
      coalesce(sum(x * (a / nullif(n_a, 0))), 0) AS selected_mean, coalesce(sum(x * (b / nullif(n_b, 0))), 0)
        AS rest_mean, min(x) AS low, max(x) AS high FROM summed`,
    [bits],
  );
  const {
    selected,
    rest,
    difference,
    selected_mean: selectedMean,
    rest_mean: restMean,
    low,
    high,
  } = summary as Record<string, number>;
  const known = selected! + rest! > 0;
  return {
    ...column,
    selected: selected!,
    rest: rest!,
    difference: difference!,
    chiSquared: 0,
    values: 0,
    selectedMean: selectedMean!,
    restMean: restMean!,
    bins: known ? await histogram(table, { field, low: low!, high: high! }, bits) : [],
  };
}

async function histogram(
  table: SampleTable,
  { field, low, high }: { readonly field: string; readonly low: number; readonly high: number },
  bits: string,
): Promise<MetadataBin[]> {
  // By parts, since the whole range of numbers of 64 bits is not a number of 64 bits.
  const width = high / BINS - low / BINS;
  const bins = width > 0 ? BINS : 1;
  const counted = await selectRows(
    table,
    `
    SELECT CASE WHEN $3 > 0 THEN least(${BINS - 1}, floor((${quoted(field)} / 2 - $2 / 2) / ($3 / 2))) ELSE 0
      END::INTEGER AS bin,
      count(*) FILTER (${SELECTED}) AS a, count(*) FILTER (NOT ${SELECTED}) AS b FROM t WHERE
        isfinite(${quoted(field)}) GROUP BY bin`,
    [bits, low, width],
  );
  const byBin = new Map(
    counted.map(({ bin, a, b }) => [Number(bin), { selected: Number(a), rest: Number(b) }]),
  );
  return Array.from({ length: bins }, (_, i) => ({
    value: '',
    low: low + i * width,
    high: i === bins - 1 ? high : low + (i + 1) * width,
    selected: 0,
    rest: 0,
    ...byBin.get(i),
  }));
}

async function compareTexts(
  table: SampleTable,
  { field, ...column }: ComparedColumn & { readonly field: string },
  bits: string,
): Promise<ColumnComparison> {
  const value = sampleExpression(field);
  const top = await selectRows(
    table,
    `
    WITH counted AS (
      SELECT ${value}::VARCHAR AS x, count(*) FILTER (${SELECTED}) AS a, count(*) FILTER (NOT ${SELECTED}) AS
        b FROM t WHERE ${value} IS NOT NULL GROUP BY x),
    whole AS (SELECT sum(a)::DOUBLE AS n_a, sum(b)::DOUBLE AS n_b, count(*) AS k FROM counted),
    apart AS (
      SELECT x, a, b, n_a, n_b, k, abs(a / nullif(n_a, 0) - b / nullif(n_b, 0)) AS distance, pow(a * sqrt(n_b
        / nullif(n_a, 0)) - b * sqrt(n_a / nullif(n_b, 0)), 2) / (a + b) AS chi
      FROM counted, whole)
    SELECT x, a, b, n_a, n_b, k, coalesce(sum(distance) OVER () / 2, 0) AS difference, coalesce(sum(chi) OVER
      (), 0) AS chi_squared
    FROM apart ORDER BY distance DESC NULLS LAST, a + b DESC, x LIMIT ${BINS}`,
    [bits],
  );
  const whole = top[0];
  return {
    ...column,
    selected: Number(whole?.n_a ?? 0),
    rest: Number(whole?.n_b ?? 0),
    difference: Math.min(1, Number(whole?.difference ?? 0)),
    chiSquared: Number(whole?.chi_squared ?? 0),
    values: Number(whole?.k ?? 0),
    selectedMean: 0,
    restMean: 0,
    bins: top.map(({ x, a, b }) => ({
      value: String(x),
      low: 0,
      high: 0,
      selected: Number(a),
      rest: Number(b),
    })),
  };
}

async function selectRows(
  table: SampleTable,
  sql: string,
  params: readonly Cell[],
): Promise<Record<string, Cell>[]> {
  const { rows, columns } = await table.sql(sql, params);
  return Array.from({ length: rows }, (_, i) =>
    Object.fromEntries(columns.map((c) => [c.name, c.values[i] ?? null])),
  );
}
