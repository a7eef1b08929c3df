import { DENIED_CALLS, NONE, REVIEWED_CALLS, SIFTED_CALLS } from './seccomp.calls.js';

/** How the kernel calls the architectures (AUDIT_ARCH_*), and where their numbers stand in the table. */
const ARCHITECTURES: Readonly<Record<string, { readonly audit: number; readonly column: 0 | 1 }>> = {
  x64: { audit: 0xc000003e, column: 0 },
  arm64: { audit: 0xc00000b7, column: 1 },
};

const [LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN] = [0x20, 0x15, 0x35, 0x45, 0x06];
/**
 * Offsets in `struct seccomp_data`. An argument's offset is its low half: the kernel takes the namespace flags
 * of `clone`, the command of `ioctl` and the family of `socket` from these 32 bits and drops the rest, so a
 * comparison of all 64 bits would let through what differs in the high half alone (CVE-2019-10063).
 */
const [NR, ARCH, ARG0, ARG1] = [0, 4, 16, 24];
const [ALLOW, KILL, ERRNO] = [0x7fff0000, 0x80000000, 0x00050000];
const [EPERM, ENOSYS, EAFNOSUPPORT] = [1, 38, 97];
const NEW_NAMESPACES = 0x7e020000; // CLONE_NEW{NS,CGROUP,UTS,IPC,USER,PID,NET}
const [TIOCSTI, TIOCLINUX] = [0x5412, 0x541c];
const FAMILIES = { local: [1], network: [1, 2, 10, 16] }; // AF_UNIX; AF_INET, AF_INET6, AF_NETLINK

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number];
const load = (offset: number): Instruction => [LOAD, 0, 0, offset];
const answer = (value: number): Instruction => [RETURN, 0, 0, value >>> 0];
const refuse = (errno: number): Instruction => answer(ERRNO | errno);
/** Goes on with the next instruction when the loaded value is `value`, else skips one. */
const whenEqual = (value: number): Instruction => [EQUAL, 0, 1, value >>> 0];
/** The block, for one system call; what it does not answer goes on behind it. */
const onCall = (number: number, block: readonly Instruction[]): Instruction[] => [
  load(NR),
  [EQUAL, 0, block.length, number],
  ...block,
];
/** Answers a call whose first argument is a family of sockets. */
const allowFamilies = (families: readonly number[]): Instruction[] => [
  load(ARG0),
  ...families.flatMap((family) => [whenEqual(family), answer(ALLOW)]),
  refuse(EAFNOSUPPORT),
];

/**
 * The seccomp program (classic BPF, as `bwrap --seccomp` reads it) that user code runs under: denied calls
 * fail with EPERM, unreviewed calls with ENOSYS, foreign architectures are killed, sockets are local
 * ones unless there is a network. All other calls are allowed ([ADR
 * 141](../../../../docs/adr/0141-the-filter-of-system-calls.md)). `undefined` for an architecture that it has
 * no numbers for.
 */
export function seccompFilter(
  { network }: { readonly network: boolean },
  arch: string = process.arch,
): Buffer | undefined {
  const known = ARCHITECTURES[arch];
  if (known === undefined) return undefined;
  const { audit, column } = known;
  const sifted = (name: keyof typeof SIFTED_CALLS): number => SIFTED_CALLS[name][column];
  const program: Instruction[] = [
    load(ARCH),
    [EQUAL, 1, 0, audit],
    answer(KILL),
    load(NR),
    // newer calls, the x32 ABI (bit 30), and 512 to 547, which Linux before 5.4 served as x32 without that bit
    [AT_LEAST, 0, 1, REVIEWED_CALLS],
    refuse(ENOSYS),
    ...Object.values(DENIED_CALLS)
      .map((numbers) => numbers[column])
      .filter((number) => number !== NONE)
      .flatMap((number) => [whenEqual(number), refuse(EPERM)]),
    // its flags are behind a pointer; glibc falls back to clone
    ...onCall(sifted('clone3'), [refuse(ENOSYS)]),
    ...onCall(sifted('clone'), [load(ARG0), [ANY_BIT, 0, 1, NEW_NAMESPACES], refuse(EPERM)]),
    ...onCall(sifted('ioctl'), [
      load(ARG1),
      whenEqual(TIOCSTI),
      refuse(EPERM),
      whenEqual(TIOCLINUX),
      refuse(EPERM),
    ]),
    ...onCall(sifted('socket'), allowFamilies(network ? FAMILIES.network : FAMILIES.local)),
    ...onCall(sifted('socketpair'), allowFamilies(FAMILIES.local)),
    answer(ALLOW),
  ];
  const bytes = Buffer.alloc(program.length * 8);
  program.forEach(([code, ifTrue, ifFalse, value], i) => {
    bytes.writeUInt16LE(code, i * 8);
    bytes.writeUInt8(ifTrue, i * 8 + 2);
    bytes.writeUInt8(ifFalse, i * 8 + 3);
    bytes.writeUInt32LE(value, i * 8 + 4);
  });
  return bytes;
}
