import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import type { FaissLibrary, NativeIndex } from './faiss.library.js';
import type { FaissAnswer, FaissQuestion, FaissRequest, FaissResults } from './faiss.messages.js';

// Entry point of the child process: it may abort at any call, so it holds nothing that its parent cannot give it again.
const faiss = createRequire(import.meta.url)(process.argv[2]!) as FaissLibrary;

let index: NativeIndex | undefined;
let written: Buffer | undefined;
let parts: Uint8Array[] = [];

function held(): NativeIndex {
  if (index === undefined) throw new Error('there is no index yet');
  return index;
}

function answer(request: FaissRequest): FaissResults[FaissRequest['op']] {
  switch (request.op) {
    case 'create':
      index = faiss.Index.fromFactory(request.dimensions, request.description);
      return null;
    case 'add':
      if (!held().isTrained()) throw new Error('the index is not trained');
      held().add(Array.from(request.values));
      return null;
    case 'search': {
      if (request.k > held().ntotal()) throw new Error(`k is ${request.k}, but there are ${held().ntotal()} rows`);
      return Int32Array.from(held().search(Array.from(request.values), request.k).labels);
    }
    case 'serialize':
      written = held().toBuffer();
      return { sizeBytes: written.length };
    case 'read':
      return Uint8Array.from(written?.subarray(request.from, request.to) ?? []);
    case 'write':
      parts.push(request.bytes);
      return null;
    case 'load': {
      const bytes = Buffer.concat(parts);
      parts = [];
      if (createHash('sha256').update(bytes).digest('hex') !== request.sha256) throw new Error('the bytes changed on their way');
      index = faiss.Index.fromBuffer(bytes);
      return { rows: index.ntotal(), dimensions: index.getDimension() };
    }
  }
}

const send = (message: FaissAnswer): void => { process.send?.(message); };

process.on('message', ({ id, request }: FaissQuestion) => {
  try {
    const result = answer(request);
    send({ id, rssBytes: process.memoryUsage.rss(), result });
  } catch (error) {
    send({ id, rssBytes: process.memoryUsage.rss(), error: error instanceof Error ? error.message : String(error) });
  }
});
process.on('disconnect', () => process.exit(0));
// A signal to the whole group is for the parent: it drains and then ends the child.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
