import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { DomainError } from '@noema/kernel/domain-error';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { analyses } from '../../api/explaining-clients.js';
import { jobs } from '../../api/work-clients.js';
import { jobIsOpen } from '../../parts/states.js';
import type { SampleAddress } from '../../parts/address/sample-key.js';

/** Analyses that run at the same time. */
const CONCURRENCY = 3;
const POLL_MS = 1_000;

export interface ExplainProgress {
  readonly total: number;
  readonly done: number;
  readonly isRunning: boolean;
  /** The first failure; it ends the others. */
  readonly error: unknown;
}

/** The run that explains samples. */
export interface ExplainingRun {
  readonly projectId: string;
  readonly runId: string;
  readonly epoch: number;
}

/**
 * Explains samples with the default settings, a few at a time. `cancel` stops the analyses that run and starts no
 * other one; so does leaving the page.
 */
export function useExplainSamples({ projectId, runId, epoch }: ExplainingRun) {
  const client = useQueryClient();
  const [progress, setProgress] = useState<ExplainProgress>();
  const controller = useRef<AbortController>(undefined);
  const cancel = (): void => {
    controller.current?.abort();
  };
  useEffect(() => cancel, []);
  /** Returns false for an analysis that was cancelled. */
  const explain = async (sample: SampleAddress, signal: AbortSignal): Promise<boolean> => {
    const started = await analyses.createAnalysis({
      projectId,
      runId,
      epoch,
      sample,
      settings: { classes: [], layer: '', methods: [] },
    });
    let analysis = started.analysis!;
    while (jobIsOpen(analysis.state)) {
      if (signal.aborted) {
        await jobs.cancelJob({ service: 'explanations', jobId: analysis.jobId });
        return false;
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      analysis = (await analyses.getAnalysis({ analysisId: analysis.id })).analysis!;
    }
    if (analysis.state === JobState.FAILED)
      throw new DomainError(
        'internal',
        analysis.fault?.reason ?? 'ANALYSIS_FAILED',
        analysis.fault?.message ?? 'the analysis failed; open the sample to see why',
      );
    return analysis.state === JobState.SUCCEEDED;
  };
  const start = async (samples: readonly SampleAddress[]): Promise<void> => {
    cancel();
    const own = new AbortController();
    controller.current = own;
    const waiting = [...samples];
    const state = { total: samples.length, done: 0, isRunning: true, error: null as unknown };
    const report = (): void => {
      if (controller.current === own) setProgress({ ...state });
    };
    report();
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined && !own.signal.aborted; next = waiting.shift()) {
        try {
          if (await explain(next, own.signal)) state.done++;
        } catch (error) {
          state.error ??= error;
          own.abort();
        }
        report();
        await client.invalidateQueries({ queryKey: ['gallery-heat-maps', runId, epoch] });
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
    state.isRunning = false;
    report();
  };
  return { progress, start, cancel };
}
