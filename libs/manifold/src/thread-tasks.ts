/** What threads can be asked for; `thread.worker.ts` says by which function. */
export type TaskName = 'neighbors' | 'pacmap' | 'places' | 'ranks' | 'tsne' | 'umap';

/** A task as a thread gets it. */
export interface ThreadTask {
  readonly name: TaskName;
  readonly data: unknown;
}

/** What a thread says: something of its task, or that it has done it. */
export type ThreadMessage = 'done' | { readonly said: unknown };
