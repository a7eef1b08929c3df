import { SPLIT_NAMES } from '@noema/integration';
import * as z from 'zod';
import { ENCODERS } from '../encoders/encoder.registry.js';
import { READERS } from '../readers/reader.registry.js';
import { visualSchema } from '../visuals/record-visual.js';

const name = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/, 'use letters, digits, "_" and "-", starting with a letter');
const column = z.string().min(1).max(256);
const share = z.number().min(0).max(1);

/** An encoder's part: its key, and what its schema says. */
export interface EncoderSpec {
  readonly encoder: string;
  readonly [setting: string]: unknown;
}

const encoder = z.looseObject({ encoder: z.string() }).transform((value, context): EncoderSpec => {
  const { encoder: key, ...rest } = value;
  const kind = ENCODERS.find(key);
  if (kind === undefined) {
    context.addIssue({
      code: 'custom',
      path: ['encoder'],
      message: `unknown encoder "${key}"; known: ${ENCODERS.keys().join(', ')}`,
    });
    return z.NEVER;
  }
  const parsed = kind.schema.safeParse(rest);
  if (parsed.success) return { encoder: key, ...(parsed.data as Record<string, unknown>) };
  for (const issue of parsed.error.issues)
    context.addIssue({ code: 'custom', path: issue.path, message: issue.message });
  return z.NEVER;
});

const splits = z.union([
  z.strictObject({
    column,
    /** Records with the same value of this column belong together. */
    group: column.optional(),
    /** Values of the column by split. */
    ...(Object.fromEntries(
      SPLIT_NAMES.map((split) => [split, z.array(z.string()).min(1).optional()]),
    ) as Record<(typeof SPLIT_NAMES)[number], z.ZodOptional<z.ZodArray<z.ZodString>>>),
  }),
  z
    .strictObject({ training: share, validation: share, test: share.optional(), group: column.optional() })
    .refine(
      ({ training, validation, test = 0 }) => Math.abs(training + validation + test - 1) < 1e-6,
      'the shares do not sum to 1',
    ),
]);

/** Schema of `noema.yaml`. */
export const manifestSchema = z.strictObject({
  noema: z.literal(1),
  name: z.string().min(1).max(200),
  source: z.strictObject({
    reader: z.string().refine((key) => READERS.find(key) !== undefined, {
      error: ({ input }) => `unknown reader "${String(input)}"; known: ${READERS.keys().join(', ')}`,
    }),
    path: z.string().default('.'),
    /** Number of records, drawn from all by a fixed seed, that become samples; default: all. */
    part: z.int().min(1).optional(),
  }),
  splits,
  id: column.optional(),
  inputs: z
    .record(name, encoder)
    .refine((inputs) => Object.keys(inputs).length > 0, 'give at least one input'),
  ground_truths: z.record(name, encoder).default({}),
  metadata: z.array(column).max(200).default([]),
  visuals: z.record(name, visualSchema).default({}),
});

/** How files become samples: the contents of `noema.yaml`. */
export type Manifest = z.infer<typeof manifestSchema>;
