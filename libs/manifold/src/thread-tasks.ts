/** What threads can be asked for; `thread.worker.ts` says by which function. */
export type TaskName = 'neighbors' | 'pacmap' | 'places' | 'ranks' | 'tsne' | 'umap';

/** The module of the threads. */
export const THREAD = new URL('./thread.worker.js', import.meta.url);
