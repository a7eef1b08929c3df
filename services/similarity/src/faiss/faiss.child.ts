import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { type FaissLibrary, METRICS } from './faiss.library.js';
import type { FaissResponse, FaissQuery, FaissRequest, FaissResults } from './faiss.messages.js';

// Entry point of the child process: it may abort at any call, so it holds nothing that its parent cannot give
// it again.
const faiss = createRequire(import.meta.url)(process.argv[2]!) as FaissLibrary;

let written: Uint8Array | undefined;
let parts: Uint8Array[] = [];

function answer(request: FaissRequest): FaissResults[FaissRequest['op']] {
  switch (request.op) {
    case 'create':
      faiss.create(request.dimensions, request.description, METRICS[request.metric]);
      return null;
    case 'add':
      faiss.add(request.values);
      return null;
    case 'search':
      return faiss.search(request.values, request.k);
    case 'serialize':
      written = new Uint8Array(faiss.save());
      return { sizeBytes: written.length };
    case 'read':
      return Uint8Array.from(written?.subarray(request.from, request.to) ?? []);
    case 'write':
      parts.push(request.bytes);
      return null;
    case 'load': {
      const bytes = Buffer.concat(parts);
      parts = [];
      if (createHash('sha256').update(bytes).digest('hex') !== request.sha256)
        throw new Error('the bytes changed on their way');
      faiss.load(bytes);
      return { rows: faiss.rows(), dimensions: faiss.dimensions() };
    }
  }
}

const send = (message: FaissResponse): void => {
  process.send?.(message);
};

process.on('message', ({ id, request }: FaissQuery) => {
  try {
    const result = answer(request);
    send({ id, rssBytes: process.memoryUsage.rss(), result });
  } catch (error) {
    send({
      id,
      rssBytes: process.memoryUsage.rss(),
      error: error instanceof Error ? error.message : String(error),
    });
  }
});
process.on('disconnect', () => process.exit(0));
// A signal to the whole group is for the parent: it drains and then ends the child.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
