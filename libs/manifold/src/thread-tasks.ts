/** Tasks of threads. `thread.worker.ts` maps each to its function. */
export type TaskName = 'neighbors' | 'pacmap' | 'places' | 'ranks' | 'tsne' | 'umap';

/** The module of the threads. */
export const THREAD = new URL('./thread.worker.js', import.meta.url);
