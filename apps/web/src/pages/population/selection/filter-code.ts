import { headed, number, part, plain } from '../../../parts/address/address-text.js';
import type { Filter } from './filters.js';

/** A filter as a parameter of an address. */
export function filterEntry(filter: Filter): [key: 'in' | 'range' | 'rows', value: string] {
  if (filter.kind === 'codes')
    return [
      'in',
      `${part(filter.column)}:${filter.names.map((name) => (name === null ? '~' : part(name))).join(',')}`,
    ];
  if (filter.kind === 'rows') return ['rows', filter.rows];
  return ['range', `${part(filter.column)}:${filter.low}..${filter.high}${filter.missing ? '~' : ''}`];
}

function codes(text: string): Filter | undefined {
  const head = headed(text);
  if (head === undefined) return undefined;
  const names = head[1] === '' ? [] : head[1].split(',').map((name) => (name === '~' ? null : plain(name)));
  return names.includes(undefined)
    ? undefined
    : { kind: 'codes', column: head[0], names: names as (string | null)[] };
}

/** The text of selected rows, if it is one. */
export const rowsCode = (text: string): string | undefined =>
  /^([bd][\w-]*|o[\w.*-]+|slice:[\w-]+|large)$/.test(text) ? text : undefined;

const rowsFilter = (text: string): Filter | undefined => {
  const rows = rowsCode(text);
  return rows === undefined ? undefined : { kind: 'rows', column: 'rows', rows };
};

function range(text: string): Filter | undefined {
  const head = headed(text);
  const ends = /^(.+?)\.\.(.+?)(~?)$/.exec(head?.[1] ?? '');
  const [low, high] = [number(ends?.[1] ?? ''), number(ends?.[2] ?? '')];
  return head === undefined || low === undefined || high === undefined
    ? undefined
    : { kind: 'range', column: head[0], low, high, missing: ends?.[3] === '~' };
}

/** The parsers of the parameters of filters. */
export const FILTERS: Readonly<Record<'in' | 'range' | 'rows', (text: string) => Filter | undefined>> = {
  in: codes,
  range,
  rows: rowsFilter,
};
