import { connect } from 'node:net';

/** For requests after which the server closes the connection: a busy one is silent for longer than a while. */
export const UNTIL_CLOSED = { silenceMs: 120_000, endMs: 120_000 } as const;

/**
 * Sends bytes unchanged, in pieces, and returns the reply, until the peer closes or stays silent for a while.
 */
export function sendRaw(
  url: string,
  pieces: readonly (string | Buffer)[],
  { silenceMs = 1_500, endMs = 90_000 } = {},
): Promise<{ readonly text: string; readonly closed: boolean }> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const received: Buffer[] = [];
    const socket = connect(Number(port), hostname);
    const finish = (closed: boolean): void => {
      clearTimeout(end);
      socket.destroy();
      resolve({ text: Buffer.concat(received).toString('latin1'), closed });
    };
    const end = setTimeout(() => {
      finish(false);
    }, endMs);
    socket.on('data', (chunk) => {
      received.push(chunk);
    });
    socket.on('error', () => {
      finish(true);
    });
    socket.on('close', () => {
      finish(true);
    });
    socket.setTimeout(silenceMs, () => {
      finish(false);
    });
    for (const piece of pieces) socket.write(piece);
  });
}

/**
 * Begins a request and adds a byte now and then; resolves to the seconds after which the server had enough,
 * `undefined` when it never had.
 */
export function drip(
  url: string,
  beginning: string,
  { everyMs = 1_000, atMostMs = 90_000 } = {},
): Promise<number | undefined> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const begun = performance.now();
    const socket = connect(Number(port), hostname);
    const dripping = setInterval(() => {
      socket.write('x');
    }, everyMs);
    const finish = (closed: boolean): void => {
      clearInterval(dripping);
      clearTimeout(end);
      socket.destroy();
      resolve(closed ? (performance.now() - begun) / 1000 : undefined);
    };
    const end = setTimeout(() => {
      finish(false);
    }, atMostMs);
    socket
      .on('data', () => undefined)
      .on('error', () => {
        finish(true);
      })
      .on('close', () => {
        finish(true);
      });
    socket.write(beginning);
  });
}

/**
 * The status line and the body of the first answer in a text, shortened: a problem has its reason in the body, after
 * some hundreds of characters of headers.
 */
export function summarize(text: string): string {
  if (text === '') return 'no answer';
  const [head = '', ...body] = text.split('\r\n\r\n');
  return `${head.split('\r\n', 1)[0]} ${body.join(' ').slice(0, 400)}`;
}

/** The status codes of the answers in a text. */
export const statusesIn = (text: string): number[] =>
  [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
