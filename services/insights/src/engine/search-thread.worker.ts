import { openArtifactStore } from '@noema/artifacts';
import { type KindOutcome, runInsights } from '@noema/insights';
import { serveTasks, type TaskControl } from '@noema/threads';
import type { SearchInput, SearchMessage } from './search.message.js';
import { openInputs } from './stored.inputs.js';

/** Progress of a step that was named is reported no more often. */
const BETWEEN_MESSAGES_MS = 200;

serveTasks({ search });

function search(
  { population, inputs, store: { url, ...options }, recipe, threads }: SearchInput,
  { say, signal }: TaskControl,
): Promise<KindOutcome[]> {
  const named = new Set<string>();
  let saidAtMs = 0;
  const store = inputs && openArtifactStore(url, options);
  return runInsights({ ...population, ...(store && { inputs: openInputs(store, inputs) }) }, recipe, {
    threads,
    signal,
    progress: (share, title) => {
      const atMs = performance.now();
      if (named.has(title) && atMs - saidAtMs < BETWEEN_MESSAGES_MS) return;
      named.add(title);
      saidAtMs = atMs;
      say({ share, title } satisfies SearchMessage);
    },
  });
}
