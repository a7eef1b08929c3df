import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { DENIED_CALLS, NONE, REVIEWED_CALLS, SIFTED_CALLS } from './seccomp.calls.js';
import { seccompFilter } from './seccomp.filter.js';

const AUDIT = { x64: 0xc000003e, arm64: 0xc00000b7 } as const;
type Call = { readonly nr: number; readonly arch?: number; readonly args?: readonly number[] };

/**
 * Runs a filter program by the rules of classic BPF (Linux, Documentation/networking/filter.rst); independent
 * of the assembler.
 */
function run(program: Buffer, { nr, arch = AUDIT.x64, args = [] }: Call): number {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(nr, 0);
  data.writeUInt32LE(arch, 4);
  args.forEach((value, i) => {
    data.writeBigUInt64LE(BigInt(value), 16 + 8 * i);
  });
  for (let [at, accumulator] = [0, 0]; at < program.length / 8; at++) {
    const [code, jt, jf, k] = [
      program.readUInt16LE(at * 8),
      program[at * 8 + 2]!,
      program[at * 8 + 3]!,
      program.readUInt32LE(at * 8 + 4),
    ];
    switch (code) {
      case 0x20:
        accumulator = data.readUInt32LE(k);
        break;
      case 0x15:
        at += accumulator === k ? jt : jf;
        break;
      case 0x35:
        at += accumulator >= k ? jt : jf;
        break;
      case 0x45:
        at += (accumulator & k) !== 0 ? jt : jf;
        break;
      case 0x06:
        return k;
      default:
        throw new Error(`code ${code}`);
    }
  }
  throw new Error('it ran off its end');
}

const [ALLOW, KILL, EPERM, ENOSYS, EAFNOSUPPORT] = [
  0x7fff0000, 0x80000000, 0x00050001, 0x00050026, 0x00050061,
];
const [READ, WRITE, EXECVE, MMAP, FORK] = [0, 1, 59, 9, 57];

it.each([
  ['x64', 0],
  ['arm64', 1],
] as const)(
  'on %s every denied call answers EPERM, others are let through, foreign architectures are killed',
  (arch, column) => {
    const filter = seccompFilter({ network: false }, arch)!;
    for (const numbers of Object.values(DENIED_CALLS))
      if (numbers[column] !== NONE)
        expect(run(filter, { nr: numbers[column], arch: AUDIT[arch] })).toBe(EPERM);
    const denied = new Set(Object.values(DENIED_CALLS).map((numbers) => numbers[column]));
    const sifted = new Set(Object.values(SIFTED_CALLS).map((numbers) => numbers[column]));
    for (let nr = 0; nr < REVIEWED_CALLS; nr++)
      if (!denied.has(nr) && !sifted.has(nr as never))
        expect(run(filter, { nr, arch: AUDIT[arch] })).toBe(ALLOW);
    for (const nr of [REVIEWED_CALLS, 467, 512, 520, 547, 0x40000000, 0xffffffff])
      expect(run(filter, { nr, arch: AUDIT[arch] })).toBe(ENOSYS);
    for (const foreign of [0x40000003, AUDIT[arch === 'x64' ? 'arm64' : 'x64']])
      for (const nr of [READ, REVIEWED_CALLS, 0x40000000])
        expect(run(filter, { nr, arch: foreign })).toBe(KILL);
  },
);

it('no call of another ABI, no new namespace, no typing into terminals, no sockets but local ones', () => {
  const [alone, networked] = [
    seccompFilter({ network: false }, 'x64')!,
    seccompFilter({ network: true }, 'x64')!,
  ];
  for (const nr of [READ, WRITE, EXECVE, MMAP, FORK]) {
    expect(run(alone, { nr })).toBe(ALLOW);
    expect(run(alone, { nr: nr + 0x40000000 })).toBe(ENOSYS);
  }
  const {
    clone: [clone],
    clone3: [clone3],
    ioctl: [ioctl],
    socket: [socket],
    socketpair: [socketpair],
  } = SIFTED_CALLS;
  expect(run(alone, { nr: clone3 })).toBe(ENOSYS);
  expect(run(alone, { nr: clone, args: [0x3d0f00] })).toBe(ALLOW); // pthread_create
  for (const flag of [0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000])
    expect(run(alone, { nr: clone, args: [flag + 17] })).toBe(EPERM);
  for (const request of [0x5412, 0x541c]) expect(run(alone, { nr: ioctl, args: [0, request] })).toBe(EPERM);
  expect(run(alone, { nr: ioctl, args: [0, 0x5401] })).toBe(ALLOW);
  const families = (filter: Buffer, nr: number) =>
    Array.from({ length: 46 }, (_, family) => family).filter(
      (family) => run(filter, { nr, args: [family] }) === ALLOW,
    );
  expect(families(alone, socket)).toEqual([1]);
  expect(families(networked, socket)).toEqual([1, 2, 10, 16]);
  expect(families(alone, socketpair)).toEqual([1]);
  expect(families(networked, socketpair)).toEqual([1]);
  // AF_VSOCK reaches the hypervisor from any network namespace
  expect(run(alone, { nr: socket, args: [40] })).toBe(EAFNOSUPPORT);
});

it('the high half of an argument, which the kernel drops, changes no answer', () => {
  const filter = seccompFilter({ network: false }, 'x64')!;
  const high = 2 ** 32;
  for (const { nr, args } of [
    { nr: SIFTED_CALLS.clone[0], args: [high + 0x10000000 + 17] },
    { nr: SIFTED_CALLS.ioctl[0], args: [0, high + 0x5412] },
  ])
    expect(run(filter, { nr, args })).toBe(EPERM);
  expect(run(filter, { nr: SIFTED_CALLS.socket[0], args: [high + 2] })).toBe(EAFNOSUPPORT);
});

it.each(['x64', 'arm64'])('on %s no jump leaves the program, and its last instruction returns', (arch) => {
  for (const network of [false, true]) {
    const filter = seccompFilter({ network }, arch)!;
    const length = filter.length / 8;
    expect(length).toBeLessThanOrEqual(4096); // BPF_MAXINSNS
    for (let at = 0; at < length; at++)
      if (filter.readUInt16LE(at * 8) !== 0x06)
        expect(at + 1 + Math.max(filter[at * 8 + 2]!, filter[at * 8 + 3]!)).toBeLessThan(length);
    expect(filter.readUInt16LE((length - 1) * 8)).toBe(0x06);
  }
});

it('knows no other architecture', () => {
  expect(seccompFilter({ network: false }, 'ppc64')).toBeUndefined();
});

it.skipIf(!existsSync('/usr/include/x86_64-linux-gnu/asm/unistd_64.h'))(
  "the numbers equal the kernel's headers",
  () => {
    const readNumbers = (path: string) =>
      new Map(
        [...readFileSync(path, 'utf8').matchAll(/#define __NR(?:3264)?_(\w+)\s+(\d+)/g)].map(
          ([, name, number]) => [name!, Number(number)],
        ),
      );
    const [x64, arm64] = [
      readNumbers('/usr/include/x86_64-linux-gnu/asm/unistd_64.h'),
      readNumbers('/usr/include/asm-generic/unistd.h'),
    ];
    for (const [name, numbers] of Object.entries({ ...DENIED_CALLS, ...SIFTED_CALLS }))
      expect([name, ...numbers]).toEqual([name, x64.get(name) ?? NONE, arm64.get(name) ?? NONE]);
  },
);
