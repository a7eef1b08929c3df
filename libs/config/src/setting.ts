import * as z from 'zod';

const PREFIX = 'NOEMA_';

/** The environment variable of a setting: `grpcAddress` → `NOEMA_GRPC_ADDRESS`. */
export const envName = (key: string): string =>
  PREFIX + key.replaceAll(/[A-Z]+/g, (c) => `_${c}`).toUpperCase();

/** Non-empty text. */
export const text = (): z.ZodString => z.string().min(1, 'is empty');

/** An integer in decimal digits. */
export const integer = ({ min, max }: { readonly min: number; readonly max: number }) =>
  z
    .string()
    .regex(/^-?\d+$/, 'is no whole number')
    .transform(Number)
    .pipe(z.number().min(min, `is below ${min}`).max(max, `is above ${max}`));

/** A number such as `0.5`. */
export const decimal = ({ min, max }: { readonly min: number; readonly max: number }) =>
  z
    .string()
    .regex(/^-?\d+(\.\d+)?$/, 'is no number')
    .transform(Number)
    .pipe(z.number().min(min, `is below ${min}`).max(max, `is above ${max}`));

/** `true` or `false`, and nothing else. */
export const flag = () =>
  z.enum(['true', 'false'], 'is neither true nor false').transform((v) => v === 'true');

/** A JSON text. */
export const json = () =>
  text().refine((v) => {
    try {
      JSON.parse(v);
      return true;
    } catch {
      return false;
    }
  }, 'is no JSON');

/** Marks a setting whose value is never printed. */
export const secret = <T extends z.ZodType>(schema: T): T => schema.meta({ ...schema.meta(), secret: true });

/** One row of the settings table. */
export interface Setting {
  readonly key: string;
  readonly name: string;
  /** Default as written in the environment. `undefined` if the setting is required or optional. */
  readonly fallback: string | undefined;
  readonly required: boolean;
  readonly secret: boolean;
  readonly doc: string;
}

interface Meta {
  readonly secret?: boolean;
  readonly description?: string;
}

/** Returns the metadata of a schema or of the schema that it wraps (`optional`, `default`, `pipe`). */
function readMeta(schema: z.ZodType): Meta {
  const def = schema.def as { innerType?: z.ZodType; in?: z.ZodType };
  const inner = def.innerType ?? def.in;
  return { ...(inner === undefined ? {} : readMeta(inner)), ...(schema.meta() as Meta | undefined) };
}

/** Returns the default of a schema whose value is converted from text (`prefault`). */
function asWritten(schema: z.ZodType): string | undefined {
  const def = schema.def as { type: string; defaultValue?: unknown };
  return def.type === 'prefault' ? String(def.defaultValue) : undefined;
}

const show = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Returns every setting of a schema, in order. */
export function listSettings(schema: z.ZodObject): Setting[] {
  return Object.entries(schema.shape as Record<string, z.ZodType>).map(([key, field]) => {
    const absent = field.safeParse(undefined);
    const meta = readMeta(field);
    return {
      key,
      name: envName(key),
      fallback:
        asWritten(field) ?? (absent.success && absent.data !== undefined ? show(absent.data) : undefined),
      required: !absent.success,
      secret: meta.secret ?? false,
      doc: meta.description ?? '',
    };
  });
}
