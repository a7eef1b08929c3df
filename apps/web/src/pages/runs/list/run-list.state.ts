import { useCallback, useEffect, useRef, useState } from 'react';
import { useSearchParams } from 'react-router-dom';

/** A column and a direction to sort by. */
export interface RunSort {
  readonly column: string;
  readonly falling: boolean;
}

/** A column of numbers and the ends of the values that a run must have, both included. */
export type RunRange = readonly [column: string, low: number, high: number];

/** How the runs of a project are listed; all of it is in the address. */
export interface RunListState {
  /** Part of the name. */
  readonly text: string;
  readonly states: readonly string[];
  /** Settings and the value of each that a run must have. */
  readonly settings: readonly (readonly [name: string, value: string])[];
  readonly ranges: readonly RunRange[];
  readonly sort: RunSort;
  /** Setting to group by; empty for none. */
  readonly group: string;
  /** Columns next to the name; undefined for the usual ones. */
  readonly columns: readonly string[] | undefined;
  /** Metric that is shown; empty for the most frequent. */
  readonly metric: string;
  /** Ids of the runs to compare. */
  readonly chosen: readonly string[];
}

/** Newest first. */
export const USUAL_SORT: RunSort = { column: 'started', falling: true };
/** The column list of an address with the name alone. */
const NO_COLUMN = 'none';

/** Reads how runs are listed from the parameters of an address. */
export function readRunList(params: URLSearchParams): RunListState {
  const sort = params.get('sort') ?? '';
  const columns = params.getAll('col');
  return {
    text: params.get('q') ?? '',
    states: params.getAll('state'),
    settings: params.getAll('set').flatMap((text) => {
      const at = text.indexOf('=');
      return at > 0 ? [[text.slice(0, at), text.slice(at + 1)] as const] : [];
    }),
    ranges: params.getAll('between').flatMap((text) => {
      const [, low, high, column] = /^([^:]+)\.\.([^:]+):(.+)$/s.exec(text) ?? [];
      const ends = [Number(low), Number(high)] as const;
      return column !== undefined && ends.every(Number.isFinite) ? [[column, ...ends] as const] : [];
    }),
    sort: sort === '' ? USUAL_SORT : { column: sort.replace(/^-/, ''), falling: sort.startsWith('-') },
    group: params.get('group') ?? '',
    columns: columns.length === 0 ? undefined : columns.filter((name) => name !== NO_COLUMN),
    metric: params.get('metric') ?? '',
    chosen: [...new Set(params.getAll('with'))],
  };
}

/** Parameters of the list; an address can have others, which stay. */
const OWN = ['q', 'state', 'set', 'between', 'sort', 'group', 'col', 'metric', 'with'] as const;

/** Writes how runs are listed into the parameters of an address; usual values are left out. */
export function writeRunList(state: RunListState, before = new URLSearchParams()): URLSearchParams {
  const params = new URLSearchParams(before);
  for (const name of OWN) params.delete(name);
  const { column, falling } = state.sort;
  if (state.text !== '') params.set('q', state.text);
  for (const name of state.states) params.append('state', name);
  for (const [name, value] of state.settings) params.append('set', `${name}=${value}`);
  for (const [name, low, high] of state.ranges) params.append('between', `${low}..${high}:${name}`);
  if (column !== USUAL_SORT.column || falling !== USUAL_SORT.falling)
    params.set('sort', `${falling ? '-' : ''}${column}`);
  if (state.group !== '') params.set('group', state.group);
  for (const name of state.columns?.length === 0 ? [NO_COLUMN] : (state.columns ?? []))
    params.append('col', name);
  if (state.metric !== '') params.set('metric', state.metric);
  for (const id of state.chosen) params.append('with', id);
  return params;
}

/**
 * How the runs are listed, and a way to change a part of it. A change is drawn at once; the address follows, because
 * the router takes it as a transition.
 */
export function useRunList(): readonly [RunListState, (change: Partial<RunListState>) => void] {
  const [params, setParams] = useSearchParams();
  const text = writeRunList(readRunList(params)).toString();
  const [local, setLocal] = useState({ state: readRunList(params), text });
  const written = useRef(text);
  const pending = useRef(new Set<string>());
  useEffect(() => {
    // A written address arrives late or never; any other address is of a link or the way back.
    const isWritten = pending.current.delete(text);
    if (text === written.current) pending.current.clear();
    else if (!isWritten) {
      written.current = text;
      setLocal({ state: readRunList(new URLSearchParams(text)), text });
    }
  }, [text]);
  useEffect(() => {
    if (local.text === written.current) return;
    written.current = local.text;
    pending.current.add(local.text);
    setParams((now) => writeRunList(local.state, now), { replace: true, preventScrollReset: true });
  }, [local, setParams]);
  const change = useCallback((part: Partial<RunListState>) => {
    setLocal((now) => {
      const state = { ...now.state, ...part };
      return { state, text: writeRunList(state).toString() };
    });
  }, []);
  return [local.state, change];
}
