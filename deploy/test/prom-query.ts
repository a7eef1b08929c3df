/** Words of PromQL that are followed by a list of labels. */
const LISTS = /\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g;
const KEYWORDS = new Set([
  'and',
  'or',
  'unless',
  'bool',
  'offset',
  'by',
  'without',
  'on',
  'group_left',
  'group_right',
]);
const AGGREGATIONS = new Set([
  'sum',
  'min',
  'max',
  'avg',
  'count',
  'group',
  'topk',
  'bottomk',
  'quantile',
  'stddev',
]);

const withoutTexts = (query: string): string => query.replaceAll(/"[^"]*"/g, '""');

/** Names of the metrics that a PromQL query reads; enough of the grammar for our own queries. */
export function metricsIn(query: string): string[] {
  const bare = withoutTexts(query)
    .replaceAll(LISTS, ' ')
    .replaceAll(/\{[^}]*\}/g, '{}')
    .replaceAll(/\[[^\]]*\]/g, '');
  const names = [...bare.matchAll(/(?<![\w.])([a-zA-Z_:][\w:]*)\s*(\(?)/g)].flatMap(([, name, call]) =>
    call === '(' || KEYWORDS.has(name!) || AGGREGATIONS.has(name!) ? [] : [name!],
  );
  return [...new Set(names)];
}

/** Which labels a query matches of which metric. */
export function parseMatchers(query: string): { readonly metric: string; readonly label: string }[] {
  return [...withoutTexts(query).matchAll(/([a-zA-Z_:][\w:]*)\{([^}]*)\}/g)].flatMap(([, metric, list]) =>
    [...list!.matchAll(/([a-zA-Z_]\w*)\s*(?:=~|!~|!=|=)/g)].map(([, label]) => ({
      metric: metric!,
      label: label!,
    })),
  );
}
