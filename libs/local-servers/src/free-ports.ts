import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { DomainError } from '@noema/kernel';

/**
 * Below the range from which systems take ports for outgoing connections: who is started again at its address
 * finds it free.
 */
const [FIRST, LAST] = [12_000, 32_000];
/** Ports that a process reserves at once. */
const BLOCK = 16;
const BLOCKS = (LAST - FIRST) / BLOCK;

/** Ports that this process has reserved and not yet handed out. */
const reserved: number[] = [];

/**
 * Returns `count` different TCP ports of 127.0.0.1 on which no program listens. No other process gets them
 * from this function while this one runs; a program that takes ports of that range in another way may still
 * be faster. Throws `unavailable` NO_FREE_PORT.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = reserved.shift();
    if (port === undefined) reserved.push(...(await reserveBlock()));
    else if (await isPortFree(port)) ports.push(port);
  }
  return ports;
}

/**
 * Reserves a block of ports for as long as this process runs: it holds the UDP port of the block's first number,
 * which the system gives to one process only and takes back when that process ends, however it ends.
 */
async function reserveBlock(): Promise<number[]> {
  const start = Math.floor(Math.random() * BLOCKS);
  for (let i = 0; i < BLOCKS; i++) {
    const first = FIRST + ((start + i) % BLOCKS) * BLOCK;
    if (await holdUdp(first)) return Array.from({ length: BLOCK }, (_, k) => first + k);
  }
  throw new DomainError(
    'unavailable',
    'NO_FREE_PORT',
    `all ports of 127.0.0.1 from ${FIRST} to ${LAST - 1} are reserved; stop platforms that you do not need`,
  );
}

/** Holds the UDP port until the process ends; false when another process does. */
function holdUdp(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', (error: NodeJS.ErrnoException) => {
      socket.close();
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => {
      socket.unref();
      resolve(true);
    });
  });
}

/** Whether no program listens on the TCP port of 127.0.0.1. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    probe.listen(port, '127.0.0.1', () => {
      probe.close(() => {
        resolve(true);
      });
    });
  });
}
