import { DomainError, type ErrorKind, plainText } from '@noema/kernel';
import * as z from 'zod';
import { MAX_PROPOSED_COLUMNS, PREVIEW_SAMPLES } from '../data/data.limits.js';
import { COLUMN_ROLES, type ManifestProposal } from '../data/manifest-proposal.js';
import type { PopulationPlan } from '../ingestion/ingestion.js';
import {
  MAX_COLUMN_NAME,
  MAX_COLUMNS,
  MAX_FAULT_TEXT,
  MAX_METRICS,
  MAX_SKIPPED,
  MAX_TENSOR_BYTES,
} from './answer.limits.js';
import { answerInvalid } from './frame.js';
import { isMediaType } from './visual.checks.js';
import type { RunnerMessage, RunnerMethod, RunnerMethods } from './runner.protocol.js';

/** Words of user code: they reach logs and terminals. */
const text = z.string().max(MAX_FAULT_TEXT).transform(plainText);
const handlerName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/);
const count = z.int().min(0).max(10_000_000);
const split = z.enum(['training', 'validation', 'test', 'unlabeled']);
const classNames = z.array(z.string().min(1).max(1_000)).max(100_000);
const metadata = z
  .record(z.string().regex(/^[a-z][a-z0-9_]{0,63}$/), text)
  .refine((all) => Object.keys(all).length <= 32);

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const vocabulary = z.strictObject({
  kind: z.string().min(1).max(64).transform(plainText),
  size: z
    .int()
    .min(1)
    .max(2 ** 31 - 1),
  tokenDigest: digest,
  textDigest: digest,
});
const tensorSpec = z.strictObject({
  name: handlerName,
  type: z.enum(['float32', 'uint8', 'int32', 'bool']),
  dims: z
    .array(
      z
        .int()
        .min(1)
        .max(2 ** 31 - 1),
    )
    .max(8)
    .refine((dims) => dims.reduce((a, b) => a * b, 4) <= MAX_TENSOR_BYTES),
  vocabulary: vocabulary.optional(),
});
const distinct = (all: readonly { readonly name: string }[]): boolean =>
  new Set(all.map(({ name }) => name)).size === all.length;
const named = <T extends z.ZodType<{ name: string }>>(entry: T) => z.array(entry).max(256).refine(distinct);

const skipped = z.strictObject({
  row: count,
  split,
  index: count,
  sampleId: z
    .string()
    .min(1)
    .max(256)
    .regex(/^\P{Cc}*$/u),
  reason: z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/),
  message: text,
  metadata,
});

const metricNames = z
  .array(handlerName)
  .max(MAX_METRICS)
  .refine((names) => new Set(names).size === names.length);

const mediaType = z.string().refine(isMediaType);

const plan = z
  .strictObject({
    sampleCount: count.min(1),
    splits: z
      .array(z.strictObject({ split, count: count.min(1), firstRow: count }))
      .min(1)
      .max(4),
    inputs: named(tensorSpec).min(1),
    groundTruths: named(tensorSpec),
    classNames,
    visualizers: named(z.strictObject({ name: handlerName, mediaType })),
    populationDigest: digest,
    skipped: z.array(skipped).max(MAX_SKIPPED).optional(),
    scores: z.strictObject({ metrics: metricNames, loss: z.boolean() }).optional(),
    groupField: z.string().min(1).max(MAX_COLUMN_NAME).optional(),
  })
  .refine(({ splits, sampleCount }) => {
    let row = 0;
    for (const part of splits) {
      if (part.firstRow !== row) return false;
      row += part.count;
    }
    return row === sampleCount && new Set(splits.map((s) => s.split)).size === splits.length;
  }) satisfies z.ZodType<PopulationPlan>;

const fault = z.strictObject({
  reason: z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/),
  message: text,
  metadata,
  file: text.optional(),
  line: z.int().optional(),
  column: z.int().optional(),
  samples: count,
  sample: z.strictObject({ split, id: z.string().max(256) }).optional(),
});
const report = z.strictObject({
  passed: z.boolean(),
  summary: text,
  classNames,
  splitCounts: z.partialRecord(split, count),
  handlers: z
    .array(
      z.strictObject({
        role: z.enum([
          'preprocess',
          'input',
          'ground-truth',
          'metadata',
          'visualizer',
          'prediction',
          'metric',
          'loss',
        ]),
        name: handlerName,
        returned: text,
        checked: count,
        milliseconds: z.number().min(0),
        spec: tensorSpec.optional(),
        faults: z.array(fault).max(20),
      }),
    )
    .max(2_000),
});

/** One line for people; longer ones are cut where they are made. */
const line = z.string().max(1_000).transform(plainText);
const MAX_MANIFEST = 2 ** 20;
const share = z.number().min(0).max(1);
const role = z.enum(COLUMN_ROLES);
const proposal = z.strictObject({
  reader: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/),
  found: line,
  readings: z
    .array(z.strictObject({ reader: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/), title: line, found: line }))
    .max(64),
  records: count,
  columns: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(256),
        kind: z.enum(['number', 'boolean', 'text', 'time', 'picture', 'audio', 'numbers', 'objects']),
        role,
        allowedRoles: z.array(role).max(COLUMN_ROLES.length),
        missing: count,
        values: line,
      }),
    )
    .max(MAX_PROPOSED_COLUMNS),
  splitCounts: z.partialRecord(split, count),
  shares: z.strictObject({ training: share, validation: share, test: share.optional() }).optional(),
  pictureSide: count,
  inputs: named(tensorSpec),
  groundTruths: named(tensorSpec),
  samples: z
    .array(
      z.strictObject({
        split,
        sampleId: z.string().max(256),
        cells: z.array(z.string().max(200)).max(MAX_PROPOSED_COLUMNS),
        visuals: z
          .array(z.strictObject({ name: handlerName, mediaType, content: z.base64().max(2 ** 17) }))
          .max(16),
        fault: z.strictObject({ reason: fault.shape.reason, message: text }).optional(),
      }),
    )
    .max(PREVIEW_SAMPLES),
  notes: z.array(line).max(100),
  manifest: z.string().max(MAX_MANIFEST),
  texts: z
    .record(z.string().regex(/^noema\.[A-Za-z0-9_-]{1,64}\.txt$/), z.string().max(MAX_MANIFEST))
    .refine((all) => Object.keys(all).length <= 16),
  network: z.record(z.string(), z.json()).optional(),
}) satisfies z.ZodType<ManifestProposal>;

const RESULTS = {
  load: z.strictObject({
    name: z.string().min(1).max(1_000),
    hosts: z.array(z.string().regex(/^[a-z0-9.-]{1,253}(:\d{1,5})?$/)).max(64),
    secrets: z.array(z.string().regex(/^[A-Za-z0-9_.-]{1,128}$/)).max(64),
  }),
  check: report,
  propose: proposal,
  plan,
  encode: z.strictObject({
    labelled: z.boolean(),
    metadata: z
      .array(
        z.strictObject({
          name: z
            .string()
            .min(1)
            .max(MAX_COLUMN_NAME)
            .regex(/^\P{Cc}*$/u),
          type: z.enum(['number', 'string', 'boolean']).nullable(),
        }),
      )
      .max(MAX_COLUMNS)
      .refine(distinct),
  }),
  score: z.strictObject({ metrics: metricNames }),
} satisfies { readonly [M in RunnerMethod]: z.ZodType };

const message = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('progress'), done: count }),
  z.strictObject({ kind: z.literal('result'), result: z.unknown() }),
  z.strictObject({
    kind: z.literal('fault'),
    fault: z.strictObject({ kind: z.string().max(32), reason: fault.shape.reason, message: text, metadata }),
  }),
]);

/** Kinds of faults that user code may report; it cannot decide whether a call is retried. */
const FAULT_KINDS: ReadonlySet<string> = new Set<ErrorKind>(['invalid', 'precondition', 'unsupported']);

/** A message of the process, checked. Throws `invalid` INTEGRATION_ANSWER_INVALID. */
export const checkedMessage = (header: unknown): RunnerMessage => checked(message, header, 'a message');

/** The answer to a request, checked. Throws `invalid` INTEGRATION_ANSWER_INVALID. */
export const checkedResult = <M extends RunnerMethod>(
  method: M,
  result: unknown,
): RunnerMethods[M]['result'] =>
  checked<unknown>(RESULTS[method], result, `an answer to "${method}"`) as RunnerMethods[M]['result'];

/** The fault that a process reports. */
export const toFault = ({
  kind,
  reason,
  message: said,
  metadata: facts,
}: Extract<RunnerMessage, { kind: 'fault' }>['fault']): DomainError =>
  new DomainError(
    FAULT_KINDS.has(kind) ? (kind as ErrorKind) : 'invalid',
    kind === 'internal' ? 'INTEGRATION_FAILED' : reason,
    said,
    { metadata: facts },
  );

function checked<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [first] = result.error.issues;
  throw answerInvalid(
    `${what} that no integration of the SDK gives (${first!.path.map(String).join('.').slice(0, 200)}: ` +
      `${first!.message.slice(0, 200)})`,
  );
}
