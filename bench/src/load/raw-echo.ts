import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, ServerCredentials } from '@grpc/grpc-js';

/**
 * The least that can answer: one method that sends back what it gets, by grpc-js and by node's http, in a
 * process of its own. Says on its channel where.
 */
const grpc = new Server();
grpc.addService(
  {
    echo: {
      path: '/echo.Echo/Echo',
      requestStream: false,
      responseStream: false,
      requestSerialize: (b: Buffer) => b,
      requestDeserialize: (b: Buffer) => b,
      responseSerialize: (b: Buffer) => b,
      responseDeserialize: (b: Buffer) => b,
    },
  },
  {
    echo: (call: { request: Buffer }, callback: (error: null, answer: Buffer) => void) => {
      callback(null, call.request);
    },
  },
);
const port = await new Promise<number>((resolve, reject) => {
  grpc.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
    if (error) reject(error);
    else resolve(bound);
  });
});
const http = createServer((req, res) => {
  req.resume().once('end', () => {
    res.setHeader('content-type', 'application/json').end('{"id":"x"}');
  });
});
http.listen(0, '127.0.0.1');
await once(http, 'listening');
process.send?.({
  grpc: `127.0.0.1:${port}`,
  http: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
});
process.once('disconnect', () => {
  process.exit(0);
});
