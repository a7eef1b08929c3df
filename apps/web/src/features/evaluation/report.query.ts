import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { Epoch } from '@noema/contracts/noema/training/v1/epoch';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { DomainError } from '@noema/kernel/domain-error';
import { keepPreviousData, skipToken, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { evaluations } from '../../api/clients.js';
import { splitName } from '../../parts/address/split.js';
import { readEvaluationFile } from './evaluation-file.js';
import type { Pick, ReportRequest, ReportRows } from './report.js';
import { ReportWorker } from './report-worker.js';

const evaluationKey = ({ runId, epoch }: Epoch, output: number | undefined): string =>
  `${runId}/${epoch}/${output ?? ''}`;

/** A worker of this page, which ends with the page; undefined until it has started. */
export function useReportWorker(): ReportWorker | undefined {
  const [worker, setWorker] = useState<ReportWorker>();
  useEffect(() => {
    const own = new ReportWorker();
    setWorker(own);
    return () => {
      own.close();
    };
  }, []);
  return worker;
}

/** Loads the evaluation of an epoch by an output into the worker; the data are its key. */
export const useLoadedEvaluation = (
  worker: ReportWorker | undefined,
  epoch: Epoch | undefined,
  output?: number,
) =>
  useQuery({
    queryKey: ['loaded-evaluation', worker?.id, epoch === undefined ? '' : evaluationKey(epoch, output)],
    staleTime: Infinity,
    gcTime: 0,
    queryFn:
      worker === undefined || epoch === undefined
        ? skipToken
        : async ({ signal }) => {
            await worker.load(evaluationKey(epoch, output), await readEvaluationFile(epoch, signal), output);
            return evaluationKey(epoch, output);
          },
  });

/** The rows of a split, of all splits if unspecified, or the rows that meet a filter too. */
export const useReportRows = (
  version: DatasetVersion | undefined,
  epoch: Epoch | undefined,
  split: Split,
  filter: string,
  output = '',
) =>
  useQuery({
    queryKey: [
      'report-rows',
      version?.id,
      filter === '' ? '' : [epoch?.runId, epoch?.epoch, output],
      split,
      filter,
    ],
    staleTime: Infinity,
    structuralSharing: false,
    queryFn:
      version === undefined || epoch === undefined
        ? skipToken
        : ({ signal }): Promise<ReportRows> | ReportRows =>
            filter === ''
              ? {
                  ranges: version.splits
                    .filter((part) => split === Split.UNSPECIFIED || part.split === split)
                    .map(({ firstRow, count: rows }) => ({ first: firstRow, count: rows })),
                }
              : filteredRows(epoch, { split, filter, output }, signal),
  });

async function filteredRows(
  { runId, epoch }: Epoch,
  { split, filter, output }: { readonly split: Split; readonly filter: string; readonly output: string },
  signal: AbortSignal,
): Promise<ReportRows> {
  const condition = split === Split.UNSPECIFIED ? filter : `split = ${splitName(split)} AND (${filter})`;
  const { bitmap, totalSize } = await evaluations.listSampleEvaluations(
    { runId, epoch, output, filter: condition, orderBy: 'row', pageSize: 1, includeBitmap: true },
    { signal },
  );
  const rows = readBitmap(bitmap);
  // A platform that is older than the page returns no bitmap.
  if (rows.length !== totalSize)
    throw new DomainError(
      'internal',
      'ROWS_INCOMPLETE',
      `the platform returned ${rows.length} of the ${totalSize} rows that match the filter; load the page again`,
    );
  return { rows };
}

/** The rows of a bitmap, rising; the lowest bit comes first. */
function readBitmap(bitmap: Uint8Array): Uint32Array {
  const rows = new Uint32Array(8 * bitmap.length);
  let count = 0;
  for (let row = 0; row < rows.length; row++)
    if ((bitmap[row >> 3]! & (1 << (row & 7))) !== 0) rows[count++] = row;
  return rows.slice(0, count);
}

/** Identity of the chosen rows, for keys of queries. */
const toKey = (rows: ReportRows): unknown =>
  'rows' in rows ? [rows.rows.length, ...rows.rows.subarray(0, 50)] : rows.ranges;

/** The numbers of an evaluation. `scope` names what the rows depend on. */
export const useReport = (
  worker: ReportWorker | undefined,
  request: ReportRequest | undefined,
  scope: readonly unknown[],
) =>
  useQuery({
    queryKey: [
      'evaluation-report',
      worker?.id,
      request?.key,
      request?.against,
      request?.task,
      request?.focus,
      request === undefined ? undefined : toKey(request.rows),
      scope,
    ],
    staleTime: Infinity,
    gcTime: 0,
    structuralSharing: false,
    placeholderData: keepPreviousData,
    queryFn: worker === undefined || request === undefined ? skipToken : () => worker.report(request),
  });

/** The rows of a mark, the highest losses first. */
export const usePickedRows = (
  worker: ReportWorker | undefined,
  request: ReportRequest | undefined,
  pick: Pick | undefined,
  scope: readonly unknown[],
) =>
  useQuery({
    queryKey: ['picked-rows', worker?.id, request?.key, request?.focus, pick, scope],
    staleTime: Infinity,
    gcTime: 0,
    structuralSharing: false,
    queryFn:
      worker === undefined || request === undefined || pick === undefined
        ? skipToken
        : () => worker.pick(request, pick),
  });
