/**
 * A metadata column over the population: numbers and booleans [n] float64, NaN where there is none; or texts
 * as codes [n], −1 where there is none.
 */
export type MetadataColumn = { readonly name: string } & (
  | { readonly kind: 'number'; readonly values: Float64Array }
  | { readonly kind: 'text'; readonly codes: Int8Array }
);

/** How a unit's response goes with a metadata column. */
export interface MetadataRelation {
  readonly name: string;
  /** Pearson correlation, −1 to 1, with numbers and booleans; correlation ratio η, 0 to 1, with texts. */
  readonly correlation: number;
  readonly ratio: boolean;
  /** Samples with a value. */
  readonly count: number;
}

/** Most texts of a column that is related to anything: a name for every sample explains every response. */
export const MAX_TEXTS = 100;
/** Fewest samples for each text, on average. */
export const ROWS_PER_TEXT = 2;

/**
 * The relation of responses [n] to a column; undefined without two samples, without variance on either side,
 * or with hardly more samples than texts.
 */
export function computeRelation(
  responses: Float32Array,
  column: MetadataColumn,
): MetadataRelation | undefined {
  const found =
    column.kind === 'number' ? pearson(responses, column.values) : correlationRatio(responses, column.codes);
  return found && { name: column.name, ratio: column.kind === 'text', ...found };
}

/** The strongest first, equal ones by name. */
export const byStrength = (a: MetadataRelation, b: MetadataRelation): number =>
  Math.abs(b.correlation) - Math.abs(a.correlation) || (a.name < b.name ? -1 : 1);

interface Strength {
  readonly correlation: number;
  readonly count: number;
}

function pearson(responses: Float32Array, values: Float64Array): Strength | undefined {
  let count = 0;
  let meanX = 0;
  let meanY = 0;
  let spreadX = 0;
  let spreadY = 0;
  let both = 0;
  // Welford's update (1962): no cancellation, one pass.
  for (let i = 0; i < values.length; i++) {
    const y = values[i]!;
    const x = responses[i]!;
    if (!Number.isFinite(y)) continue;
    count++;
    const dx = x - meanX;
    const dy = y - meanY;
    meanX += dx / count;
    meanY += dy / count;
    spreadX += dx * (x - meanX);
    spreadY += dy * (y - meanY);
    both += dx * (y - meanY);
  }
  return spreadX > 0 && spreadY > 0
    ? { correlation: Math.min(1, Math.max(-1, both / Math.sqrt(spreadX) / Math.sqrt(spreadY))), count }
    : undefined;
}

/** η (Fisher 1925): the root of the share of the variance that lies between the texts. */
function correlationRatio(responses: Float32Array, codes: Int8Array): Strength | undefined {
  const rows = new Int32Array(MAX_TEXTS);
  const sums = new Float64Array(MAX_TEXTS);
  let count = 0;
  let total = 0;
  codes.forEach((code, i) => {
    if (code < 0) return;
    count++;
    total += responses[i]!;
    rows[code]!++;
    sums[code]! += responses[i]!;
  });
  const mean = total / count;
  let spread = 0;
  let between = 0;
  let texts = 0;
  codes.forEach((code, i) => {
    if (code >= 0) spread += (responses[i]! - mean) ** 2;
  });
  rows.forEach((n, code) => {
    if (n === 0) return;
    texts++;
    between += n * (sums[code]! / n - mean) ** 2;
  });
  if (!(spread > 0) || texts < 2 || count < ROWS_PER_TEXT * texts) return undefined;
  return { correlation: Math.sqrt(Math.min(1, between / spread)), count };
}
