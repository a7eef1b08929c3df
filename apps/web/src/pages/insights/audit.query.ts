import { type Insight, type InsightMember, InsightVerdict } from '@noema/contracts/noema/insights/v1/insight';
import type { InsightAudit } from '@noema/contracts/noema/insights/v1/insight_service';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { insights } from '../../api/insight-clients.js';
import { type AuditQueue, judgeFirst, startQueue, takeProposals, undoLast } from './audit-queue.js';

/** Samples that are requested ahead. */
const AHEAD = 20;

/** The audit of an insight at the time at which a person opens it. */
export const useAuditStart = (insightId: string) =>
  useQuery({
    queryKey: ['insight-audit', insightId],
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
    queryFn: ({ signal }) => insights.getInsightAudit({ insightId, pageSize: AHEAD }, { signal }),
  });

/** Verdicts of a person, sent one after the other while the next sample is on the screen already. */
export function useAudit(
  { id, projectId }: Insight,
  start: { readonly audit?: InsightAudit | undefined; readonly next: readonly InsightMember[] },
) {
  const client = useQueryClient();
  const [queue, setQueue] = useState<AuditQueue>(() => startQueue(start.next));
  const [audit, setAudit] = useState(start.audit);
  const [error, setError] = useState<Error | null>(null);
  const [open, setOpen] = useState(0);
  const sent = useRef(Promise.resolve());
  const send = (row: number, verdict: InsightVerdict): void => {
    setOpen((now) => now + 1);
    sent.current = sent.current
      .then(async () => {
        const { audit: now, next } = await insights.recordInsightVerdicts({
          insightId: id,
          verdicts: [{ row, verdict }],
          pageSize: AHEAD,
        });
        setAudit(now);
        setQueue((before) => takeProposals(before, next));
      })
      .catch((thrown: unknown) => {
        setError(thrown as Error);
      })
      .finally(() => {
        setOpen((now) => now - 1);
      });
  };
  return {
    queue,
    audit,
    error,
    isSaving: open > 0,
    judge: (verdict: InsightVerdict): void => {
      const [first] = queue.next;
      if (first === undefined) return;
      setQueue(judgeFirst(queue));
      send(first.row, verdict);
    },
    undo: (): void => {
      const last = queue.judged.at(-1);
      if (last === undefined) return;
      setQueue(undoLast(queue));
      send(last.row, InsightVerdict.UNSPECIFIED);
    },
    /** Starts again from what the platform has stored. */
    reload: async (): Promise<void> => {
      await sent.current;
      try {
        const now = await insights.getInsightAudit({ insightId: id, pageSize: AHEAD });
        setError(null);
        setAudit(now.audit);
        setQueue(startQueue(now.next));
      } catch (thrown) {
        setError(thrown as Error);
      }
    },
    /** Has the views of the insight load its verdicts. */
    leave: (): void => {
      for (const key of ['insight', 'insight-members'])
        void client.invalidateQueries({ queryKey: [key, id] });
      void client.invalidateQueries({ queryKey: ['insight-list', projectId] });
    },
  };
}
